import type { Strings } from '.';

const strings: Strings = {
  ParkInteractionButtonLabel: '搁置',
  ParkInteractionButtonLabelBusy: '正在搁置…',
  ParkInteractionButton: '搁置，直到客户再次发来消息',
  ParkInteractionButtonBusy: '正在搁置此对话',
  ParkInteractionButtonSeveralAgents: '无法搁置：您团队中还有其他人在此对话中',
  ParkInteractionButtonInviteOpen: '无法搁置：正在邀请他人加入此对话',
  ParkInteractionWasmForbidden: '搁置功能已关闭：此页面的内容安全策略不允许使用 WebAssembly。请告知管理员。',
  ParkInteractionParked: '对话已搁置。客户再次发来消息时，对话会重新分配。',
  ParkInteractionParkedAndWoken: '对话已搁置，但客户刚刚发来消息：正在重新分配。',
  ParkInteractionRouted: '正在分配对话。',
  ParkInteractionAlreadyRouted: '对话已由坐席处理或正在分配。',
  ParkInteractionNotParkable: '此对话无法搁置或恢复。{{field}}',
  ParkInteractionInvalidToken: '您的会话已过期。请重新登录后再试。',
  ParkInteractionNotAllowed: '您无权搁置或恢复此对话。',
  ParkInteractionConversationClosed: '对话已关闭。',
  ParkInteractionSeveralAgents: '未搁置：还有其他人在此对话中或正被邀请。',
  ParkInteractionTooLarge: '未搁置：对话携带的数据过多。请告知管理员。',
  ParkInteractionTooManyWebhooks: '未搁置：对话的 Webhook 过多。请告知管理员。',
  ParkInteractionNotParked: '对话未被搁置。',
  ParkInteractionBusy: '对话正在搁置或恢复。请稍后再试。',
  ParkInteractionMisconfigured: '搁置功能设置有误。请告知管理员：{{field}}',
  ParkInteractionTwilioUnavailable: 'Twilio 暂时不可用。没有任何更改，请稍后再试。',
  ParkInteractionUnreachable: '没有回应。请检查网络连接以及对话是否仍由您处理，然后重试。',
  ParkInteractionUnexpected: '出了点问题。请查看对话是否仍由您处理，然后重试。',
};

export default strings;

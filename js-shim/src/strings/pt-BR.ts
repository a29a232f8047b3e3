import type { Strings } from '.';

const strings: Strings = {
  ParkInteractionButtonLabel: 'Estacionar',
  ParkInteractionButtonLabelBusy: 'Estacionando…',
  ParkInteractionButton: 'Estacionar até o cliente escrever',
  ParkInteractionButtonBusy: 'A conversa está sendo estacionada',
  ParkInteractionButtonSeveralAgents: 'Não é possível estacionar: há outra pessoa da sua equipe nesta conversa',
  ParkInteractionButtonInviteOpen: 'Não é possível estacionar: alguém está sendo convidado para esta conversa',
  ParkInteractionWasmForbidden:
    'Não é possível estacionar conversas: a política de segurança de conteúdo desta página não permite WebAssembly. Avise o administrador.',
  ParkInteractionParked: 'Conversa estacionada. Ela volta quando o cliente escrever.',
  ParkInteractionParkedAndWoken:
    'Conversa estacionada, mas o cliente tinha acabado de escrever: ela está sendo roteada de novo.',
  ParkInteractionRouted: 'A conversa está sendo roteada.',
  ParkInteractionAlreadyRouted: 'A conversa já está com um agente ou a caminho de um.',
  ParkInteractionNotParkable: 'Esta conversa não pode ser estacionada nem retomada. {{field}}',
  ParkInteractionInvalidToken: 'Sua sessão expirou. Entre de novo e tente outra vez.',
  ParkInteractionNotAllowed: 'Você não pode estacionar nem retomar esta conversa.',
  ParkInteractionConversationClosed: 'A conversa está encerrada.',
  ParkInteractionSeveralAgents: 'Não foi estacionada: há outra pessoa na conversa ou sendo convidada.',
  ParkInteractionTooLarge: 'Não foi estacionada: a conversa tem dados demais. Avise o administrador.',
  ParkInteractionTooManyWebhooks: 'Não foi estacionada: a conversa tem webhooks demais. Avise o administrador.',
  ParkInteractionNotParked: 'A conversa não está estacionada.',
  ParkInteractionBusy: 'A conversa está sendo estacionada ou retomada agora. Tente daqui a pouco.',
  ParkInteractionMisconfigured: 'O estacionamento não está bem configurado. Avise o administrador: {{field}}',
  ParkInteractionTwilioUnavailable: 'O Twilio não está disponível. Nada mudou; tente daqui a pouco.',
  ParkInteractionUnreachable: 'Sem resposta. Verifique sua conexão e se a conversa ainda é sua, e tente outra vez.',
  ParkInteractionUnexpected: 'Algo deu errado. Verifique se a conversa ainda é sua e tente outra vez.',
};

export default strings;

/** Returns the name of Flex's icon of a channel. */
export const channelIcon = (channel: string): string => ICONS[channel] ?? 'Messaging';

const ICONS: Record<string, string | undefined> = {
  web: 'Webchat',
  whatsapp: 'Whatsapp',
  sms: 'SmsV2',
  email: 'Email',
  messenger: 'FacebookMessenger',
};

import type { Strings } from '.';

const strings: Strings = {
  ParkInteractionButtonLabel: 'En espera',
  ParkInteractionButtonLabelBusy: 'Un momento…',
  ParkInteractionButton: 'Poner en espera hasta que el cliente escriba',
  ParkInteractionButtonBusy: 'Se está poniendo en espera la conversación',
  ParkInteractionButtonSeveralAgents: 'No se puede poner en espera: hay otra persona de tu equipo en esta conversación',
  ParkInteractionButtonInviteOpen: 'No se puede poner en espera: se está invitando a alguien a esta conversación',
  ParkInteractionWasmForbidden:
    'No se pueden poner conversaciones en espera: la política de seguridad de contenido de esta página no permite WebAssembly. Avísale a tu administrador.',
  ParkInteractionParked: 'Conversación en espera. Regresará cuando el cliente escriba.',
  ParkInteractionParkedAndWoken:
    'Conversación en espera, pero el cliente acababa de escribir: se está enrutando de nuevo.',
  ParkInteractionRouted: 'La conversación se está enrutando.',
  ParkInteractionAlreadyRouted: 'La conversación ya está con un agente o en camino a uno.',
  ParkInteractionNotParkable: 'Esta conversación no se puede poner en espera ni retomar. {{field}}',
  ParkInteractionInvalidToken: 'Tu sesión venció. Vuelve a iniciar sesión e inténtalo de nuevo.',
  ParkInteractionNotAllowed: 'No puedes poner en espera ni retomar esta conversación.',
  ParkInteractionConversationClosed: 'La conversación está cerrada.',
  ParkInteractionSeveralAgents: 'No se puso en espera: hay otra persona en la conversación o la están invitando.',
  ParkInteractionTooLarge:
    'No se puso en espera: la conversación contiene demasiados datos. Avísale a tu administrador.',
  ParkInteractionTooManyWebhooks:
    'No se puso en espera: la conversación tiene demasiados webhooks. Avísale a tu administrador.',
  ParkInteractionNotParked: 'La conversación no está en espera.',
  ParkInteractionBusy:
    'La conversación se está poniendo en espera o retomando en este momento. Inténtalo en un momento.',
  ParkInteractionMisconfigured: 'La espera no está bien configurada. Avísale a tu administrador: {{field}}',
  ParkInteractionTwilioUnavailable: 'Twilio no está disponible. No cambió nada; inténtalo en un momento.',
  ParkInteractionUnreachable:
    'No hay respuesta. Revisa tu conexión y si la conversación sigue siendo tuya e inténtalo de nuevo.',
  ParkInteractionUnexpected: 'Algo salió mal. Revisa si la conversación sigue siendo tuya e inténtalo de nuevo.',
  ParkInteractionChannelWeb: 'Chat web',
  ParkInteractionChannelWhatsapp: 'WhatsApp',
  ParkInteractionChannelSms: 'SMS',
  ParkInteractionChannelEmail: 'Correo electrónico',
  ParkInteractionChannelMessenger: 'Messenger',
  ParkInteractionListLoaded: 'Conversaciones en espera: {{total}}',
  ParkInteractionListCame: 'Nuevas en la lista: {{count}}. Conversaciones en espera: {{total}}',
  ParkInteractionListWent: 'Fuera de la lista: {{count}}. Conversaciones en espera: {{total}}',
  ParkInteractionListMatching: 'Encontradas: {{count}} de {{total}}',
  ParkInteractionListForbidden: 'Tu cuenta no puede leer la lista. Avisa a tu administrador.',
  ParkInteractionListUnavailable: 'La lista no se puede leer en este momento.',
  ParkInteractionCapacityFull: 'No tienes capacidad para otra conversación. Te llegará en cuanto la tengas.',
  ParkInteractionNotTaken: 'La conversación no se aceptó. Sigue en espera.',
};

export default strings;

import type { Strings } from '.';

const strings: Strings = {
  ParkInteractionButtonLabel: 'Aparcar',
  ParkInteractionButtonLabelBusy: 'Aparcando…',
  ParkInteractionButton: 'Aparcar hasta que el cliente escriba',
  ParkInteractionButtonBusy: 'Se está aparcando la conversación',
  ParkInteractionButtonSeveralAgents: 'No se puede aparcar: hay otra persona de tu equipo en esta conversación',
  ParkInteractionButtonInviteOpen: 'No se puede aparcar: se está invitando a alguien a esta conversación',
  ParkInteractionWasmForbidden:
    'No se pueden aparcar conversaciones: la política de seguridad de contenido de esta página no permite WebAssembly. Avisa a tu administrador.',
  ParkInteractionParked: 'Conversación aparcada. Volverá cuando el cliente escriba.',
  ParkInteractionParkedAndWoken:
    'Conversación aparcada, pero el cliente acababa de escribir: se está enrutando de nuevo.',
  ParkInteractionRouted: 'La conversación se está enrutando.',
  ParkInteractionAlreadyRouted: 'La conversación ya está con un agente o de camino a uno.',
  ParkInteractionNotParkable: 'Esta conversación no se puede aparcar ni retomar. {{field}}',
  ParkInteractionInvalidToken: 'Tu sesión ha caducado. Vuelve a iniciar sesión e inténtalo otra vez.',
  ParkInteractionNotAllowed: 'No puedes aparcar ni retomar esta conversación.',
  ParkInteractionConversationClosed: 'La conversación está cerrada.',
  ParkInteractionSeveralAgents: 'No se ha aparcado: hay otra persona en la conversación o se la está invitando.',
  ParkInteractionTooLarge: 'No se ha aparcado: la conversación contiene demasiados datos. Avisa a tu administrador.',
  ParkInteractionTooManyWebhooks:
    'No se ha aparcado: la conversación tiene demasiados webhooks. Avisa a tu administrador.',
  ParkInteractionNotParked: 'La conversación no está aparcada.',
  ParkInteractionBusy: 'La conversación se está aparcando o retomando ahora mismo. Inténtalo dentro de un momento.',
  ParkInteractionMisconfigured: 'El aparcamiento no está bien configurado. Avisa a tu administrador: {{field}}',
  ParkInteractionTwilioUnavailable: 'Twilio no está disponible. No ha cambiado nada; inténtalo dentro de un momento.',
  ParkInteractionUnreachable:
    'No hay respuesta. Comprueba tu conexión y si la conversación sigue siendo tuya e inténtalo otra vez.',
  ParkInteractionUnexpected: 'Algo ha ido mal. Comprueba si la conversación sigue siendo tuya e inténtalo otra vez.',
  ParkInteractionChannelWeb: 'Chat web',
  ParkInteractionChannelWhatsapp: 'WhatsApp',
  ParkInteractionChannelSms: 'SMS',
  ParkInteractionChannelEmail: 'Correo electrónico',
  ParkInteractionChannelMessenger: 'Messenger',
  ParkInteractionListLoaded: 'Conversaciones aparcadas: {{total}}',
  ParkInteractionListCame: 'Nuevas en la lista: {{count}}. Conversaciones aparcadas: {{total}}',
  ParkInteractionListWent: 'Fuera de la lista: {{count}}. Conversaciones aparcadas: {{total}}',
  ParkInteractionListMatching: 'Encontradas: {{count}} de {{total}}',
  ParkInteractionListForbidden: 'Tu cuenta no puede leer la lista. Avisa a tu administrador.',
  ParkInteractionListUnavailable: 'La lista no se puede leer en este momento.',
  ParkInteractionCapacityFull: 'No tienes capacidad para otra conversación. Te llegará en cuanto la tengas.',
  ParkInteractionNotTaken: 'La conversación no se ha aceptado. Sigue aparcada.',
};

export default strings;

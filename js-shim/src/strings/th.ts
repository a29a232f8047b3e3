import type { Strings } from '.';

const strings: Strings = {
  ParkInteractionButtonLabel: 'พัก',
  ParkInteractionButtonLabelBusy: 'กำลังพัก…',
  ParkInteractionButton: 'พักการสนทนาจนกว่าลูกค้าจะเขียนมา',
  ParkInteractionButtonBusy: 'กำลังพักการสนทนานี้',
  ParkInteractionButtonSeveralAgents: 'พักไม่ได้: มีคนอื่นในทีมของคุณอยู่ในการสนทนานี้',
  ParkInteractionButtonInviteOpen: 'พักไม่ได้: กำลังเชิญผู้อื่นเข้าร่วมการสนทนานี้',
  ParkInteractionWasmForbidden: 'ปิดการพักการสนทนา: นโยบายความปลอดภัยเนื้อหาของหน้านี้ไม่อนุญาตให้ใช้ WebAssembly โปรดแจ้งผู้ดูแลระบบ',
  ParkInteractionParked: 'พักการสนทนาแล้ว การสนทนาจะกลับมาเมื่อลูกค้าเขียนมา',
  ParkInteractionParkedAndWoken: 'พักการสนทนาแล้ว แต่ลูกค้าเพิ่งเขียนมา: กำลังส่งต่อการสนทนาอีกครั้ง',
  ParkInteractionRouted: 'กำลังส่งต่อการสนทนา',
  ParkInteractionAlreadyRouted: 'การสนทนานี้มีเจ้าหน้าที่ดูแลแล้วหรือกำลังถูกส่งต่อ',
  ParkInteractionNotParkable: 'พักหรือเรียกคืนการสนทนานี้ไม่ได้ {{field}}',
  ParkInteractionInvalidToken: 'เซสชันของคุณหมดอายุแล้ว โปรดเข้าสู่ระบบใหม่แล้วลองอีกครั้ง',
  ParkInteractionNotAllowed: 'คุณไม่มีสิทธิ์พักหรือเรียกคืนการสนทนานี้',
  ParkInteractionConversationClosed: 'การสนทนานี้ปิดแล้ว',
  ParkInteractionSeveralAgents: 'ไม่ได้พัก: มีคนอื่นอยู่ในการสนทนานี้หรือกำลังถูกเชิญ',
  ParkInteractionTooLarge: 'ไม่ได้พัก: การสนทนานี้มีข้อมูลมากเกินไป โปรดแจ้งผู้ดูแลระบบ',
  ParkInteractionTooManyWebhooks: 'ไม่ได้พัก: การสนทนานี้มีเว็บฮุคมากเกินไป โปรดแจ้งผู้ดูแลระบบ',
  ParkInteractionNotParked: 'การสนทนานี้ไม่ได้ถูกพักไว้',
  ParkInteractionBusy: 'กำลังพักหรือเรียกคืนการสนทนานี้อยู่ โปรดลองอีกครั้งในอีกสักครู่',
  ParkInteractionMisconfigured: 'ตั้งค่าการพักการสนทนาไม่ถูกต้อง โปรดแจ้งผู้ดูแลระบบ: {{field}}',
  ParkInteractionTwilioUnavailable: 'Twilio ไม่พร้อมให้บริการ ไม่มีอะไรเปลี่ยนแปลง โปรดลองอีกครั้งในอีกสักครู่',
  ParkInteractionUnreachable: 'ไม่มีการตอบกลับ โปรดตรวจสอบการเชื่อมต่อและดูว่าการสนทนายังเป็นของคุณหรือไม่ แล้วลองอีกครั้ง',
  ParkInteractionUnexpected: 'เกิดข้อผิดพลาด โปรดดูว่าการสนทนายังเป็นของคุณหรือไม่ แล้วลองอีกครั้ง',
};

export default strings;

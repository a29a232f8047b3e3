// What Twilio's own CDN serves as a ready script comes from npm as a CommonJS bundle: hand it to the page under
// the same global name.
import * as flex from '@twilio/flex-ui';

const Flex = flex.default?.Manager ? flex.default : flex;
window.Twilio = Object.assign(window.Twilio ?? {}, { Flex });

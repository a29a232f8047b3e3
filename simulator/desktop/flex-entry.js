// Publishes Flex under the global name that the script on Twilio's CDN uses. The npm package is a CommonJS bundle.
import * as flex from '@twilio/flex-ui';

const Flex = flex.default?.Manager ? flex.default : flex;
window.Twilio = Object.assign(window.Twilio ?? {}, { Flex });

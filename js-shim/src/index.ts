import * as FlexPlugin from '@twilio/flex-plugin';

import ParkInteractionPlugin from './ParkInteractionPlugin';

FlexPlugin.loadPlugin(ParkInteractionPlugin);

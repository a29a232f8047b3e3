// `npm run deploy -- --environment NAME`: everything into an account, each step only as far as it is not done.

import { onSignal } from '../scripts/lib/processes.mjs';
import { setUp } from '../scripts/setup/index.mjs';
import { checkAccount } from './account.mjs';
import { setCallback } from './callback.mjs';
import { runCommand } from './command.mjs';
import { writeConfiguration } from './configuration.mjs';
import { checkDomain } from './domain.mjs';
import { deployFunctions } from './functions.mjs';
import { deployPlugin, releasePlugin } from './plugin.mjs';
import { runSteps } from './steps.mjs';

const HELP = `Puts Park Interaction into a Flex account. Whatever is there already stays; so it can be run again at any time.

  npm run deploy -- --environment NAME [--dry-run] [--move-domain]

  --environment NAME  at most 16 of a-z, 0-9 and -: ends the Functions' domain, and chooses flex-config/ui_attributes.NAME.json
  --dry-run           only reads, and shows every request that would change something
  --move-domain       although other features look for their Functions at the domain in Flex's configuration

Credentials come from the environment or from .env, never from the command line: TWILIO_ACCOUNT_SID, and either
TWILIO_API_KEY with TWILIO_API_SECRET or TWILIO_AUTH_TOKEN. TWILIO_FLEX_WORKSPACE_SID and TWILIO_FLEX_SYNC_SID
are found out when they are not set.

Exit codes:
  0  done
  1  a step failed: what was done before it stays; run the command again to go on
  2  the command line or the credentials cannot be used; nothing was asked of Twilio
  3  the account is not ready, the message says for what`;

/** Runs the command with these arguments, and answers its exit code. */
export function run(argv) {
  onSignal();
  const options = {
    environment: { type: 'string' },
    'dry-run': { type: 'boolean' },
    'move-domain': { type: 'boolean' },
  };
  return runCommand({ argv, options, help: HELP }, (state) =>
    runSteps(
      [
        { name: 'Check the account', run: checkAccount },
        { name: "Check whose the Functions' domain is", run: checkDomain },
        { name: 'Build', run: build },
        { name: 'Functions', run: deployFunctions },
        { name: "Flex's configuration", run: writeConfiguration },
        { name: "TaskRouter's event callback", run: setCallback },
        { name: 'Plugin: upload and register', run: deployPlugin },
        { name: 'Plugin: release', run: releasePlugin },
      ],
      state,
    ),
  );
}

async function build({ print }) {
  const parts = [
    'Wasm for the Functions',
    'Wasm for the owner',
    'Flex plugin',
    'flex-config',
    'npm packages of the Functions',
  ];
  await setUp(parts, { print: (line) => print(`  ${line}`), brief: true });
  return 'built';
}

// `npm run upgrade -- --environment NAME`: a deployment over an earlier one, with a plan before and a reconcile after it.

import { readFileSync } from 'node:fs';

import { inRoot } from '../scripts/lib/paths.mjs';
import { YES_OPTION, agree, checkCanAsk } from './agreement.mjs';
import { ENVIRONMENT_OPTION, runCommand } from './command.mjs';
import { STEPS, build, deployInSteps } from './deploy.mjs';
import { EVENT_OPTIONS, checkEventOptions, chosenSources } from './event-sources.mjs';
import { noFunctions, ownMark } from './functions.mjs';
import { readInstallation } from './installation.mjs';
import { EXIT, NotReady } from './outcome.mjs';
import { reconcileStep } from './parked/step.mjs';
import { upgradePlan } from './plan.mjs';
import { inSteps } from './steps.mjs';

const HELP = `Brings the version of this clone into an account that has another one. It shows a plan, asks, does the steps of npm run deploy, and
lets the new Functions examine everything that is parked. It can be run again at any time.

  npm run upgrade -- --environment NAME [--yes] [--dry-run] [--move-domain]
                     [--[no-]event-streams] [--[no-]event-callback] [--simulator]

  --environment NAME  the name with which the Functions were deployed
  --yes               goes on without a question; needed where there is no terminal, as in a script
  --dry-run           only reads, and shows the plan and every request that would change something
  --move-domain, --[no-]event-streams, --[no-]event-callback
                      as for npm run deploy: what was left out there stays left out
  --simulator         works on the account of a running npm start

Credentials: as for npm run deploy. TWILIO_AUTH_TOKEN also signs the last step's request to the Functions; without it, that step is
left out, with a warning.

Exit codes:
  0  done
  1  a step failed: what was done before it stays; run the command again to go on
  2  the command line or the credentials cannot be used; nothing was changed
  3  the account is not ready or has no such environment: the message says why
  7  you did not confirm; nothing was changed`;

/** @type {import('./command.mjs').Usage} */
const USAGE = {
  command: 'npm run upgrade --',
  help: HELP,
  example: 'npm run upgrade -- --environment production',
  docs: 'docs/upgrade.md',
  options: {
    environment: ENVIRONMENT_OPTION,
    yes: YES_OPTION,
    'dry-run': { type: 'boolean' },
    'move-domain': { type: 'boolean' },
    ...EVENT_OPTIONS,
  },
};

/**
 * Runs the command with these arguments. Returns its exit code.
 *
 * @param {string[]} argv
 */
export function run(argv) {
  return runCommand({ argv, usage: USAGE }, async (command) => {
    const { environment, print } = command;
    checkCanAsk(command);
    checkEventOptions(command.options);
    await build(print);
    const installation = await readInstallation(command);
    if (!installation.found?.build) {
      const { others } = installation;
      const deploy = `  npm run deploy -- --environment ${environment} installs them`;
      const moves = others.length > 0 ? ', and lets Flex call them instead' : '';
      throw new NotReady(`${noFunctions(environment, others)}\n${deploy}${moves}.`);
    }
    const { version } = JSON.parse(readFileSync(inRoot('functions', 'package.json'), 'utf8'));
    const sources = chosenSources(command.options, installation.sources);
    const plan = upgradePlan(installation, { environment, version, mark: await ownMark(), sources });
    print(plan.text);
    await agree(command, `Upgrade ${environment}?`);
    const code = await inSteps(STEPS + 1, command, async (step) => {
      const domain = await deployInSteps(command, step);
      await step('Reconcile', () => reconcileStep(command, domain));
    });
    if (code === EXIT.done && !command.dryRun) print(lookAt(environment, plan.isNew));
    return code;
  });
}

/**
 * Returns what to look at after other Functions and another plugin have begun to run.
 *
 * @param {string} environment
 * @param {boolean} isNew
 */
const lookAt = (environment, isNew) => `
Look at:
  npm run doctor -- --environment ${environment}    all lines should be ok
  npm run parked -- report    unheard and overdue should be 0 within minutes
  Flex, after a reload: park a conversation of your own, and write as the customer${toGoBack(environment, isNew)}`;

/**
 * @param {string} environment
 * @param {boolean} isNew
 */
const toGoBack = (environment, isNew) =>
  isNew ? `\nTo go back: npm run rollback -- --environment ${environment}` : '';

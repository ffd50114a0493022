/** `webhooks trigger`: an event that nothing made happen, sent by the Stripe stand-in of a platform on this machine. */
import { type Define, type Done, done } from '../../command.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { triggerEvent } from '../../stripe-stand-in.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption {
  object?: string;
}

async function trigger(world: World, type: string, options: Options): Done {
  const made = await triggerEvent(world, type, options.object);
  if (!made.ok) return made;
  const { id, data } = made.value;
  print(world, options, made.value, [
    `the stand-in sends ${id}, ${type} about ${data.object.id ?? 'no object'}`,
    `What became of it: tenantry webhooks show ${id}`,
  ]);
  return done;
}

export const webhooksTriggerCommand: Define = ({ program, world, alone }) => {
  program
    .command('trigger')
    .description('have the Stripe stand-in of npm start send an event; Stripe itself is never asked')
    .argument('<type>', 'e.g. invoice.paid')
    .option('--object <id>', 'what it is about, e.g. in_…; else the newest of its kind')
    .option(...jsonOption)
    .action(alone((type: string, options: Options) => trigger(world, type, options)));
};

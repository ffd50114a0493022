/** `webhooks catch-up`: asks Stripe for the events that have not come. */
import { catchUpEvents } from '../../../src/contracts/routes/webhooks.ts';
import { catchUpDaysMax } from '../../../src/contracts/webhooks.ts';
import { howToRead } from '../../batch.ts';
import { type Define, done, instantBy } from '../../command.ts';
import { minuteOf } from '../../format/amounts.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { whenHelp } from '../../when.ts';

interface Options extends JsonOption {
  from?: string;
}

export const webhooksCatchUpCommand: Define = ({ program, world, withApi }) => {
  program
    .command('catch-up')
    .description(`ask Stripe for what has not come, of the last ${catchUpDaysMax} days`)
    .option('--from <when>', `only since then: ${whenHelp}`, instantBy(world, 'ago'))
    .option(...jsonOption)
    .action(
      withApi(async (api, options: Options) => {
        const { from } = options;
        const begun = await api.call(catchUpEvents, { body: from === undefined ? {} : { from } });
        if (!begun.ok) return begun;
        print(world, options, begun.value, [
          `Stripe's events since ${minuteOf(begun.value.from)} are asked for`,
          howToRead(begun.value.batch_id),
        ]);
        return done;
      }),
    );
};

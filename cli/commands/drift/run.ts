/** `drift run`: compares our rows with Stripe, both ways. The API goes on with it by itself. */
import { runDrift } from '../../../src/contracts/routes/drift.ts';
import { type Define, done } from '../../command.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';

export const driftRunCommand: Define = ({ program, world, withApi }) => {
  program
    .command('run')
    .description('compare now; it goes on by itself, and drift list says what it finds')
    .option(...jsonOption)
    .action(
      withApi(async (api, options: JsonOption) => {
        const begun = await api.call(runDrift, { body: {} });
        if (!begun.ok) return begun;
        print(world, options, begun.value, [`${begun.value.run_id} compares our rows with Stripe`]);
        return done;
      }),
    );
};

/** `outbox shut` and `outbox open`: whether what waits for Stripe is sent. */
import { outboxOpenBody, outboxShutBody } from '../../../src/contracts/outbox.ts';
import { openOutbox, shutOutbox } from '../../../src/contracts/routes/outbox.ts';
import { by, type Define, done } from '../../command.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';

export const outboxShutCommand: Define = ({ program, world, withApi }) => {
  program
    .command('shut')
    .description('keep everything from Stripe that waits, as after a restore')
    .requiredOption('--reason <text>', 'kept in the audit log', by(outboxShutBody.shape.reason))
    .option(...jsonOption)
    .action(
      withApi(async (api, { reason, ...options }: JsonOption & { reason: string }) => {
        const shut = await api.call(shutOutbox, { body: { reason } });
        if (!shut.ok) return shut;
        print(world, options, shut.value, [
          'nothing goes to Stripe: compare (tenantry drift run), then tenantry outbox open --drift RUN',
        ]);
        return done;
      }),
    );
};

export const outboxOpenCommand: Define = ({ program, world, withApi }) => {
  program
    .command('open')
    .description('send what waits for Stripe, once a comparison that began after it was shut has ended')
    .requiredOption(
      '--drift <run>',
      'drun_ + 32 hex digits: what tenantry drift run said',
      by(outboxOpenBody.shape.drift_id),
    )
    .option(...jsonOption)
    .action(
      withApi(async (api, { drift, ...options }: JsonOption & { drift: string }) => {
        const opened = await api.call(openOutbox, { body: { drift_id: drift } });
        if (!opened.ok) return opened;
        print(world, options, opened.value, ['what waits for Stripe is sent']);
        return done;
      }),
    );
};

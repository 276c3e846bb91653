import { initTRPC } from '@trpc/server';
import type { WireError } from '#contracts/primitives.ts';
import type { Action, Person } from '#contracts/site.ts';
import { isPermitted } from '#core/access/index.ts';
import { AppError, isAppError } from '#core/base/index.ts';
import type { StationServices } from './services.ts';

/** What every call knows: who asks, and the services of this site. */
export interface CallContext {
  readonly person: Person;
  readonly services: StationServices;
  /** Writes the cause of a failure to the log and returns its correlation id. */
  readonly logFailure: (error: unknown, path: string) => string;
}

interface ProcedureMeta {
  readonly action: Action;
}

const trpc = initTRPC
  .context<CallContext>()
  .meta<ProcedureMeta>()
  .create({
    errorFormatter({ shape, error, ctx, path }) {
      const cause = error.cause;
      const wire: WireError = isAppError(cause)
        ? { code: cause.code, message: cause.message, details: cause.details }
        : {
            code: error.code === 'BAD_REQUEST' ? 'USAGE_INVALID' : 'INTERNAL',
            message: publicMessage(error),
            details: {},
          };
      const correlationId = ctx?.logFailure(cause ?? error, path ?? '');
      return {
        ...shape,
        message: wire.message,
        data: { code: shape.data.code, wire: { ...wire, ...(correlationId === undefined ? {} : { correlationId }) } },
      };
    },
  });

/** Only input errors may show their own words; anything unforeseen keeps its text in the log. */
function publicMessage(error: { code: string; message: string }): string {
  return error.code === 'BAD_REQUEST' ? error.message : 'Something failed that should not be able to fail.';
}

export const router = trpc.router;

/** A procedure that only people allowed `action` may call. There is no procedure without an action. */
export function permit(action: Action) {
  return trpc.procedure.meta({ action }).use(async ({ ctx, next }) => {
    if (!isPermitted(ctx.person.role, action)) {
      throw new AppError('NOT_PERMITTED', `${ctx.person.role} may not ${action}`, { role: ctx.person.role, action });
    }
    return next();
  });
}

import { stayLean } from "./kernel/process/lean";
import { createLifeline, engineAddress } from "./kernel/process/lifeline";
import { createReporter, engineSender, hasTerminal } from "./kernel/process/progress";
import { createSession, type Session } from "./kernel/session/session";

let session: Session | undefined;

/** The session of this plugin process; all kinds of resources share it. */
export function pluginSession(): Session {
  if (!session) {
    const engine = engineAddress(process.argv);
    stayLean();
    const send = engineSender(engine ? process.argv.at(-1) : undefined);
    const interactive = hasTerminal();
    session = createSession({
      lifeline: createLifeline(engine),
      reporter: (urn) => createReporter(urn, send, () => performance.now(), interactive),
      env: process.env,
    });
  }
  return session;
}

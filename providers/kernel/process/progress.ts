import { createRequire } from "node:module";
import fs from "node:fs";
import { calledIn } from "../state/urn";

/** Writes to the row of one resource in the display of `pulumi up`, or to the whole run. */
export interface Reporter {
  /** What is being done now; replaced by the next message. Throttled. */
  progress(message: string): void;
  /** Would progress be shown now? Yes unless told: figures need not be read for nobody. */
  listens?(): boolean;
  /** The last message stays on the finished row: the result. */
  result(message: string): void;
  /** Shown under the diagnostics of the run. */
  warn(message: string): void;
}

/** One message to the engine: `urn` empty for the whole run; ephemeral ones live in the row only. */
export interface EngineMessage {
  readonly urn: string;
  readonly severity: "info" | "warning";
  readonly message: string;
  readonly ephemeral: boolean;
}
type Send = (message: EngineMessage) => void;

/**
 * Every line begins with its resource's kind and name: `--diff` prints it in nobody's row, between those of others, and a
 * plugin is not told how it is shown.
 */
export function createReporter(urn: string, send: Send, now: () => number, interactive: boolean): Reporter {
  const named = (message: string): string => (urn === "" ? message : `${calledIn(urn)}: ${message}`);
  let due = 0;
  let wait = interactive ? 1000 : 5000;
  let last = "";
  const say = (message: string) => {
    last = message;
    send({ urn, severity: "info", message: named(message), ephemeral: true });
  };
  return {
    progress(message) {
      if (message === last || now() < due) return;
      due = now() + wait;
      // Without a terminal each message is a line in a log: ever fewer of them.
      if (!interactive) wait = Math.min(wait * 2, 60_000);
      say(message);
    },
    listens: () => now() >= due,
    result: (message) => {
      if (message !== last) say(message);
    },
    warn: (message) => send({ urn, severity: "warning", message: named(message), ephemeral: false }),
  };
}

/** Is somebody looking? A process without a controlling terminal cannot open it. */
export function hasTerminal(): boolean {
  try {
    fs.closeSync(fs.openSync("/dev/tty", "r"));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return false;
  }
}

interface EngineStubs {
  readonly client: { log(request: unknown, callback: (error: unknown) => void): void };
  readonly request: new () => {
    setUrn(urn: string): void;
    setMessage(message: string): void;
    setSeverity(severity: number): void;
    setEphemeral(ephemeral: boolean): void;
  };
  readonly severities: { INFO: number; WARNING: number };
}

/** Messages to the engine at this address, by the SDK's own stubs. Losing one never fails an operation. */
export function engineSender(address: string | undefined): Send {
  if (address === undefined) return () => undefined;
  let stubs: EngineStubs | undefined;
  return ({ urn, severity, message, ephemeral }) => {
    stubs ??= loadStubs(address);
    const request = new stubs.request();
    request.setUrn(urn);
    request.setMessage(message);
    request.setSeverity(severity === "warning" ? stubs.severities.WARNING : stubs.severities.INFO);
    request.setEphemeral(ephemeral);
    stubs.client.log(request, () => {
      // The engine may be gone already; the lifeline notices that, a lost message matters to nobody.
    });
  };
}

function loadStubs(address: string): EngineStubs {
  // From the program's own copy of the SDK, which is already loaded in this process.
  const sdk = createRequire(createRequire(`${process.cwd()}/_`).resolve("@pulumi/pulumi"));
  const grpc = sdk("@grpc/grpc-js") as { credentials: { createInsecure(): unknown } };
  const engine = sdk("./proto/engine_grpc_pb") as {
    EngineClient: new (address: string, credentials: unknown) => EngineStubs["client"];
  };
  const messages = sdk("./proto/engine_pb") as {
    LogRequest: EngineStubs["request"];
    LogSeverity: EngineStubs["severities"];
  };
  return {
    client: new engine.EngineClient(address, grpc.credentials.createInsecure()),
    request: messages.LogRequest,
    severities: messages.LogSeverity,
  };
}

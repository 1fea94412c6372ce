import fs from "node:fs";

/** One line of the engine's event log; only what tests look at is declared. */
export interface EngineEvent {
  readonly diagnosticEvent?: {
    readonly urn?: string;
    readonly message: string;
    readonly severity: string;
    readonly ephemeral?: boolean;
  };
  readonly resourcePreEvent?: { readonly metadata: StepMetadata };
  readonly resOutputsEvent?: { readonly metadata: StepMetadata };
  readonly resOpFailedEvent?: { readonly metadata: StepMetadata };
  readonly summaryEvent?: { readonly resourceChanges?: Record<string, number>; readonly isPreview: boolean };
}

interface StepMetadata {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  readonly old?: StepState | null;
  readonly new?: StepState | null;
}

interface StepState {
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
}

/** The events in a log; a command that was killed leaves its last line cut off. */
export function eventsIn(file: string): EngineEvent[] {
  if (!fs.existsSync(file)) return [];
  const lines = fs.readFileSync(file, "utf8").split("\n");
  return lines
    .slice(0, -1)
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as EngineEvent);
}

/** What the last summary counts; nothing when the engine came to none. */
export function lastSummary(events: readonly EngineEvent[]): Record<string, number> {
  return events.findLast((event) => event.summaryEvent !== undefined)?.summaryEvent?.resourceChanges ?? {};
}

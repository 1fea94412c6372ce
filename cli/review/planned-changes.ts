import { z } from "zod";
import { printedState, ResourceState } from "./resource-state";

/** What happens to one resource. */
export type PlannedOperation = "create" | "update" | "replace" | "delete" | "read" | "same";

/** One resource of a preview, with what its provider says of the change. */
export interface PlannedChange {
  readonly urn: string;
  /** As the program calls it: `Vm`, `CephOsd`. */
  readonly kind: string;
  readonly name: string;
  readonly operation: PlannedOperation;
  /** Lines of the provider without the resource's name: `reboot: memoryMiB; live: tags`. */
  readonly lines: readonly string[];
  /** As the state has it, and as the program describes it; each where the preview has it. */
  readonly old?: ResourceState | undefined;
  readonly next?: ResourceState | undefined;
}

/** A preview, as far as a reviewer looks at it. */
export interface Preview {
  readonly changes: readonly PlannedChange[];
  readonly warnings: readonly string[];
  readonly errors: readonly string[];
  /** Did the provider's lines come along? They do not in the document of `pulumi preview --json` alone. */
  readonly withLines: boolean;
  /** Did it end as it should? A preview that was cut off must not look like one with few changes. */
  readonly complete: boolean;
}

const step = z.object({
  ...{ op: z.string(), urn: z.string() },
  // The events say `old` and `new`, the document `oldState` and `newState`.
  ...{ old: printedState, new: printedState, oldState: printedState, newState: printedState },
});
const diagnostic = z.object({
  urn: z.string().optional(),
  message: z.string().optional(),
  severity: z.string().optional(),
});
const event = z.object({
  resourcePreEvent: z.object({ metadata: step }).optional(),
  resOutputsEvent: z.object({ metadata: step }).optional(),
  diagnosticEvent: diagnostic.optional(),
  summaryEvent: z.object({ result: z.string().optional() }).optional(),
});
const digest = z.object({
  steps: z.array(step).optional(),
  diagnostics: z.array(diagnostic).optional(),
  changeSummary: z.record(z.string(), z.number()).optional(),
});

/** What each word of the engine means for the resource; a replacement is told in several steps. */
const operations: Readonly<Record<string, PlannedOperation>> = {
  create: "create",
  import: "create",
  update: "update",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  "import-replacement": "replace",
  delete: "delete",
  read: "read",
  "read-replacement": "read",
  "discard-replaced": "same",
  "read-discard": "same",
  discard: "same",
  "remove-pending-replace": "same",
  refresh: "same",
  same: "same",
};

/** The gravest step of a resource is what happens to it. */
const gravity: readonly PlannedOperation[] = ["same", "read", "update", "create", "delete", "replace"];

/**
 * Reads the events of `pulumi preview --json` or of `pulumi refresh --preview-only --json`, both with
 * `PULUMI_ENABLE_STREAMING_JSON_PREVIEW=true`, one JSON document per line, or the one document of `pulumi preview --json`, which knows the
 * steps and nothing of what they do.
 *
 * @throws Error when it is neither
 */
export function readPreview(text: string): Preview {
  const whole = asJson(text);
  if (whole !== undefined && digest.safeParse(whole).data?.steps !== undefined) return ofDigest(digest.parse(whole));
  const builder = new Builder(true);
  let complete = false;
  text.split("\n").forEach((line, at) => {
    if (line.trim() === "") return;
    const parsed = event.safeParse(asJson(line));
    if (!parsed.success)
      throw new Error(`line ${at + 1} is no event of a preview: pipe \`pulumi preview --json\` into this command`);
    const { resourcePreEvent, resOutputsEvent, diagnosticEvent, summaryEvent } = parsed.data;
    for (const step of [resourcePreEvent, resOutputsEvent]) if (step) builder.step(step.metadata);
    if (diagnosticEvent) builder.diagnostic(diagnosticEvent);
    if (summaryEvent) complete = summaryEvent.result !== "failed";
  });
  return builder.preview(complete);
}

function ofDigest({ steps = [], diagnostics = [], changeSummary }: z.infer<typeof digest>): Preview {
  // What a refresh has found is in its events alone: here every step would look as if nothing had changed.
  if (steps.some(({ op }) => op === "refresh"))
    throw new Error(
      "this document does not say what the refresh has found: set PULUMI_ENABLE_STREAMING_JSON_PREVIEW=true for it",
    );
  const builder = new Builder(false);
  for (const one of steps) builder.step(one);
  for (const one of diagnostics) builder.diagnostic(one);
  return builder.preview(changeSummary !== undefined);
}

class Builder {
  readonly #steps = new Map<string, PlannedOperation>();
  readonly #states = new Map<string, { old?: ResourceState | undefined; next?: ResourceState | undefined }>();
  readonly #lines = new Map<string, string[]>();
  readonly #warnings: string[] = [];
  readonly #errors: string[] = [];

  constructor(readonly withLines: boolean) {}

  step({ op, urn, ...states }: z.infer<typeof step>): void {
    // Components only hold others together; an identity of the stack is nothing in the cluster.
    const { old, new: next, oldState, newState } = states;
    const isComponent = ![old, next, oldState, newState].some((one) => one?.custom === true);
    if (isComponent || calledBy(urn).kind === "StackIdentity") return;
    const operation = operations[op];
    if (!operation) throw new Error(`the engine speaks of the step "${op}", which this version does not know`);
    const seen = this.#states.get(urn) ?? {};
    this.#states.set(urn, {
      old: ResourceState.of(old ?? oldState) ?? seen.old,
      next: ResourceState.of(next ?? newState) ?? seen.next,
    });
    const before = this.#steps.get(urn) ?? "same";
    if (gravity.indexOf(operation) >= gravity.indexOf(before)) this.#steps.set(urn, operation);
  }

  diagnostic({ urn = "", message = "", severity = "" }: z.infer<typeof diagnostic>): void {
    const said = message.trim();
    if (said === "" || severity === "debug") return;
    if (severity === "warning") this.#warnings.push(said);
    else if (severity === "error" || severity === "info#err") this.#errors.push(said);
    else if (urn !== "") {
      const { kind, name } = calledBy(urn);
      const line = said.startsWith(`${kind} ${name}: `) ? said.slice(`${kind} ${name}: `.length) : said;
      const lines = this.#lines.get(urn) ?? [];
      if (!lines.includes(line)) this.#lines.set(urn, [...lines, line]);
    }
  }

  preview(complete: boolean): Preview {
    const changes = [...this.#steps].map(([urn, operation]) => ({
      ...{ urn, ...calledBy(urn), operation },
      lines: this.#lines.get(urn) ?? [],
      ...this.#states.get(urn),
    }));
    const [warnings, errors] = [this.#warnings, this.#errors].map((all) => [...new Set(all)]) as [string[], string[]];
    return { changes, warnings, errors, withLines: this.withLines, complete: complete && errors.length === 0 };
  }
}

/** `urn:pulumi:stack::project::parent$package:proxmox:Vm::web` is the Vm web. */
function calledBy(urn: string): { kind: string; name: string } {
  const [, , types = "", ...name] = urn.split("::");
  return { kind: (types.split("$").at(-1) ?? "").split(":").at(-1) ?? "", name: name.join("::") };
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

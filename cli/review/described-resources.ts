import { z } from "zod";
import type { DescribedResource } from "../../privileges";

const state = z.object({ inputs: z.record(z.string(), z.unknown()).optional() }).nullish();
const step = z.object({ urn: z.string(), old: state, new: state, oldState: state, newState: state });
const document = z.object({ steps: z.array(step) });
const event = z.object({
  resourcePreEvent: z.object({ metadata: step }).optional(),
  resOutputsEvent: z.object({ metadata: step }).optional(),
});

/** What the engine writes for a value that is not known before `up`, whatever its type. */
const notKnownYet = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * The resources of a preview with their arguments: of the document of `pulumi preview --json`, or of its events. Those that
 * are to be deleted are among them.
 *
 * @throws Error when it is neither
 */
export function describedResources(text: string): DescribedResource[] {
  return stepsIn(text).flatMap(({ urn, old, new: next, oldState, newState }) => {
    const [, , types = "", ...name] = urn.split("::");
    const kind = /(?:^|\$)pulumi-nodejs:dynamic\/proxmox:(\w+)$/.exec(types)?.[1];
    if (kind === undefined) return [];
    return [old ?? oldState, next ?? newState].flatMap((one) => {
      if (!one?.inputs) return [];
      const entries = Object.entries(one.inputs).filter(([key]) => !key.startsWith("__"));
      return [{ kind, name: name.join("::"), args: known(Object.fromEntries(entries)) as object }];
    });
  });
}

function stepsIn(text: string): z.infer<typeof step>[] {
  const whole = document.safeParse(asJson(text));
  if (whole.success) return whole.data.steps;
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (lines.length === 0)
    throw new Error("there was no preview: the command before this one has printed nothing of it");
  return lines.flatMap((line) => {
    const parsed = event.safeParse(asJson(line));
    if (!parsed.success) throw new Error("this is no preview: pipe `pulumi preview --json` into this command");
    const { resourcePreEvent, resOutputsEvent } = parsed.data;
    return [resourcePreEvent, resOutputsEvent].flatMap((said) => (said ? [said.metadata] : []));
  });
}

function known(value: unknown): unknown {
  if (value === notKnownYet) return undefined;
  if (Array.isArray(value)) return value.map(known);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, known(inner)]));
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

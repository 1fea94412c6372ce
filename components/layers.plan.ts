/** A description with what a later one leaves out still in it; `null` takes a value away. */
function overlaid(base: unknown, over: unknown): unknown {
  if (over === undefined) return base;
  if (over === null) return undefined;
  if (!isRecord(over)) return over;
  const out: Record<string, unknown> = isRecord(base) ? { ...base } : {};
  for (const [key, value] of Object.entries(over)) {
    const next = overlaid(out[key], value);
    if (next === undefined) delete out[key];
    else out[key] = next;
  }
  return out;
}

/**
 * Where a thing may be described, each layer winning over those before it: what the library says where nobody does, what
 * several stacks have in common, the stack, a single node of it. Records are merged key by key; lists and plain values are
 * replaced as a whole.
 */
interface Layers {
  readonly defaults?: unknown;
  readonly shared?: unknown;
  readonly stack?: unknown;
  readonly node?: unknown;
}

export const layered = ({ defaults, shared, stack, node }: Layers): unknown =>
  [defaults, shared, stack, node].reduce(overlaid, undefined);

/** Arguments that let something be destroyed, cut off or taken over: said where the thing is, and nowhere else. */
const safetySwitches = new Set([
  ...[
    "acceptDataLoss",
    "acceptSingleCopy",
    "adopt",
    "allowMoves",
    "allowReboot",
    "allowRemove",
    "allowStop",
    "destroyOnDelete",
    "force",
  ],
  ...[
    "insecure",
    "lockout",
    "override",
    "overwrite",
    "reboot",
    "removal",
    "removeHome",
    "removeOnDelete",
    "removeVanished",
  ],
  ...["replaces", "shutdownGuests", "twoNode", "unguarded", "wipe"],
]);

/** Safety switches that a description shared by several stacks sets: a problem each. Switched off is no problem. */
export function switchesIn(shared: unknown, path: string): string[] {
  if (Array.isArray(shared)) return shared.flatMap((item, at) => switchesIn(item, `${path}[${at}]`));
  if (!isRecord(shared)) return [];
  return Object.entries(shared).flatMap(([key, value]) => {
    const at = `${path}.${key}`;
    if (!safetySwitches.has(key)) return switchesIn(value, at);
    return value === undefined || value === null || value === false || value === "refuse"
      ? []
      : [
          `${at}: ${key} cannot be set for several stacks at once; write it in the stack, or for the node that it is for`,
        ];
  });
}

/** What the engine only knows later has another prototype, and is left as it is. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (value === null || typeof value !== "object") return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

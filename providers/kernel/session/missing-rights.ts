import { isProxmoxError, wire } from "../../../pve";
import { callsOf, type Need, type Right } from "../../../privileges";
import type { Call } from "../call/call";
import { changesBetween, replacements, type Effects } from "../state/changes";
import { hasUnknown } from "../state/unknowns";
import type { Pve } from "./pve-session";
import type { Session } from "./session";
import { withoutHidden } from "../state/hidden";

type Args = Readonly<Record<string, unknown>>;

/** One resource of a preview. */
interface Planned {
  readonly kind: string;
  /** Its arguments as far as they are known. */
  readonly args: Args;
  /** Inputs of before; undefined for a new resource. */
  readonly was: Args | undefined;
  readonly wanted: Args;
  readonly effects: Effects;
}

/** Privileges by path, each with 1 where it reaches what is below. */
type Listed = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface Kept {
  listed?: Promise<Listed>;
  readonly exact: Map<string, Promise<Listed>>;
  readonly said: Set<string>;
}

const makeKept = (): Kept => ({ exact: new Map(), said: new Set() });

/**
 * Says in the row of a resource which rights its plan needs and the stack does not have. A warning, and no refusal: the
 * same `up` may give them, which a check of one resource does not know. Only what is certainly missing is said.
 */
export async function warnOfMissingRights(session: Session, call: Call, planned: Planned): Promise<void> {
  const { kind, args, was, wanted, effects } = planned;
  const visible = was && withoutHidden(was);
  const changes = visible && changesBetween(visible, wanted, effects).filter(({ to }) => !hasUnknown(to));
  if (changes?.length === 0) return;
  const pve = await session.look(call);
  if (!pve || pve.process.user === "root@pam") return;
  const { look, make, change, remove } = callsOf(kind, args);
  const replaced = changes !== undefined && replacements(changes).length > 0;
  const fields = changes?.map(({ path }) => /^[^.[]*/.exec(path)?.[0] ?? path);
  const calls = [...look, ...(fields && !replaced ? change(fields) : make), ...(replaced ? remove : [])];
  try {
    const kept = pve.memory("rights of the stack itself, and which of them were said to be missing", makeKept);
    const rights = new OwnRights(pve, kept);
    if (await rights.onlyLooks()) {
      if (kept.said.size === 0)
        call.report.warn(`${pve.process.user} may only look: whether up has the rights that it needs was not compared`);
      kept.said.add("only looks");
      return;
    }
    const missing = await rights.missing({ all: calls.map(({ need }) => need) });
    const anew = [...new Set(missing.map(asText))].filter((right) => !kept.said.has(right)).sort();
    for (const right of anew) kept.said.add(right);
    if (anew.length === 0) return;
    call.report.warn(
      `${pve.process.user}, who this stack works as, has no ${anew.join(", no ")}; unless that is given before, up fails there`,
    );
  } catch (error) {
    // A look that failed says nothing of what there is.
    if (!isProxmoxError(error)) throw error;
    call.report.progress(`rights were not compared: ${error.message}`);
  }
}

/** How much would have to be given; what is given on the root reaches everywhere. */
const reach = (rights: readonly Right[]): number => rights.length + rights.filter(({ path }) => path === "/").length;

const asText = ({ path, privilege }: Right): string => `${privilege} on ${path.replace(/\/\*.*$/, "") || "/"}`;

/** What the stack may do, as Proxmox tells it about the stack itself. */
class OwnRights {
  constructor(
    private readonly pve: Pve,
    private readonly kept: Kept,
  ) {}

  /** What is missing for a need; nothing where it is met, or where that cannot be said. */
  async missing(need: Need): Promise<readonly Right[]> {
    const { needed, choices } = parts(need);
    const lacking = await Promise.all(needed.map(async (one) => ((await this.lacks(one)) ? [one] : [])));
    const missing = lacking.flat();
    const named = new Set(missing.map(asText));
    for (const choice of choices) {
      if (choice.some((one) => one === "root" || this.isOurselves(one))) continue;
      const ways = await Promise.all(choice.filter((one) => !isOurs(one)).map((one) => this.missing(one)));
      // One is open, or will be with what is said anyway.
      if (ways.some((way) => way.every((one) => named.has(asText(one))))) continue;
      const [least = []] = ways.sort((a, b) => reach(a) - reach(b));
      missing.push(...least);
      for (const one of least) named.add(asText(one));
    }
    return missing;
  }

  /** Has it rights, and none of them to change anything? A token of reviews is not the one of `up`. */
  async onlyLooks(): Promise<boolean> {
    const own = Object.values(await (this.kept.listed ??= this.read())).flatMap((rights) => Object.keys(rights));
    return own.length > 0 && own.every((privilege) => /\.Audit$|^VM\.Monitor$/.test(privilege));
  }

  private isOurselves(need: Need): boolean {
    // A token is not its user.
    return isOurs(need) && (need.self === "*" || need.self === this.pve.process.user);
  }

  private async lacks({ path, privilege }: Right): Promise<boolean> {
    const listed = await (this.kept.listed ??= this.read());
    const [known = "", ...unknown] = path.split("/*");
    const at = known === "" ? "/" : known;
    if (wayTo(at).some((above) => reaches(listed[above]?.[privilege]))) return false;
    if (unknown.length === 0) {
      if (listed[path]?.[privilege] !== undefined) return false;
      return (await this.exactly(path))[path]?.[privilege] === undefined;
    }
    // Something below may be what it comes to, and a guest may come into any pool.
    const perhaps = Object.entries(listed).some(
      ([below, own]) =>
        own[privilege] !== undefined &&
        (below.startsWith(`${known}/`) || (at === "/vms" && below.startsWith("/pool/"))),
    );
    if (perhaps) return false;
    const anything = `${known}/${at === "/vms" ? "999999999" : "unknown"}`;
    return (await this.exactly(anything))[anything]?.[privilege] === undefined;
  }

  /** The list shows what counts on each path itself, and not all that reaches below it: before something is said, it is asked for. */
  private exactly(path: string): Promise<Listed> {
    const asked = this.kept.exact.get(path) ?? this.read(path);
    this.kept.exact.set(path, asked);
    return asked;
  }

  private async read(path?: string): Promise<Listed> {
    const { permissions } = this.pve.process.connection.api.access;
    const rows = await permissions.$get(path === undefined ? {} : { path });
    return Object.fromEntries(Object.entries(rows).map(([at, own]) => [at, wire.object(own)]));
  }
}

/** What is needed in any case, and of what one thing is. */
function parts(need: Need): { needed: Right[]; choices: (readonly Need[])[] } {
  if (need === "root" || "self" in need) return { needed: [], choices: [] };
  if ("any" in need) return { needed: [], choices: [need.any] };
  if (!("all" in need)) return { needed: [need], choices: [] };
  const each = need.all.map(parts);
  return { needed: each.flatMap((one) => one.needed), choices: each.flatMap((one) => one.choices) };
}

const isOurs = (need: Need): need is { readonly self: string } => typeof need === "object" && "self" in need;

const reaches = (propagate: unknown): boolean => propagate !== undefined && wire.boolean(propagate);

/** The path and all above it. */
function wayTo(path: string): string[] {
  const parts = path.split("/").filter((part) => part !== "");
  return ["/", ...parts.map((_, i) => `/${parts.slice(0, i + 1).join("/")}`)];
}

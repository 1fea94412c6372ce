import "./kernel/process/lazy-locales";
import type { Session } from "./kernel/session/session";
import { assertFreshBuild } from "./kernel/process/fresh-build";
import type { Coming } from "./kernel/identity/stack-identity.provider";
import { registry } from "./registry";

const load = <M>(path: string): M => require(path) as M;

const session = (): Session => load<typeof import("./plugin")>("./plugin").pluginSession();

const kinds = registry(getReady);
const live = new Map<string, object>();

/** What the text in the state resolves: the provider of one kind of resource. */
function provider(kind: string): object {
  // Once for all kinds: what is asked costs a hash over all sources.
  if (live.size === 0) assertFreshBuild();
  let found = live.get(kind);
  if (!found) {
    const make = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    if (!make)
      throw new Error(
        `pulumi-proxmox-cluster has no resource ${kind}; the state was written by a newer version: install that one`,
      );
    // What needs no cluster answers before the session and its client are loaded.
    live.set(kind, (found = make.length === 0 ? (make as () => object)() : make(session())));
  }
  return found;
}

/**
 * Gets ready for what the program is about to ask for, while the engine is busy with what it was told: it checks one resource
 * after the other, and would wait for it. What is asked meanwhile is answered in between. Where it may, it begins with
 * the question whether the cluster answers, as every check of a preview does.
 */
async function getReady({ kinds: coming, source }: Coming): Promise<void> {
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  await turn();
  if (source) {
    session().configure(source);
    session().lookAhead();
  }
  for (const kind of coming) {
    await turn();
    if (Object.hasOwn(kinds, kind)) provider(kind);
  }
}

export = provider;

import { nameIn } from "../kernel/state/urn";
import type { Problem } from "../kernel/state/problems";

/** Which resource of the run has a thing: two of them would undo each other's work. */
export class Owners {
  private readonly owners = new Map<string, string>();

  /** `what`: the thing in words, after which "is set by … already" makes sense. */
  problems(urn: string, path: string, key: string, what: string): Problem[] {
    const owner = this.owners.get(key) ?? urn;
    this.owners.set(key, owner);
    if (owner === urn) return [];
    return [{ path, message: `${what} belongs to ${nameIn(owner)} already; keep one of the two` }];
  }
}

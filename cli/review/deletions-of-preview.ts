import { deletionFor, onMachines, type Deletion } from "./deletions";
import { code } from "./markdown";
import type { PlannedChange } from "./planned-changes";

/** What becomes of what is deleted, or of what gives way to a replacement, in the light of all other changes of the preview. */
export class DeletionsOfPreview {
  /** Nodes that leave a cluster in this very `up`, which comes before all deletions; with the cluster. */
  readonly #leaving = new Map<string, string>();
  readonly #deleted: ReadonlySet<string>;

  constructor(private readonly changes: readonly PlannedChange[]) {
    this.#deleted = new Set(changes.filter(({ operation }) => operation === "delete").map(({ urn }) => urn));
    for (const { kind, old, next, operation } of changes) {
      if (kind !== "Cluster" || operation !== "update") continue;
      const stay = next?.eachOf("nodes", "name");
      for (const node of old?.eachOf("nodes", "name") ?? [])
        if (stay && !stay.includes(node)) this.#leaving.set(node, old?.text("name") ?? "");
    }
  }

  /** Undefined for a kind that is not the library's, which may do anything. */
  of(change: PlannedChange): Deletion | undefined {
    const { kind, old, operation } = change;
    if (operation !== "delete" && operation !== "replace") return undefined;
    if (old?.retained) return forgotten("retainOnDelete");
    if (old?.deletedWith !== undefined && this.#deleted.has(old.deletedWith)) return forgotten("deletedWith");
    const node = onMachines.has(kind) ? old?.text("node") : undefined;
    const cluster = this.#leaving.get(node ?? "");
    if (node !== undefined && cluster !== undefined)
      return {
        effect: "leaves",
        words: `stays on its machine as it is, for ${code(node)} leaves the cluster ${code(cluster)}`,
      };
    const known = deletionFor(kind, old);
    // A cluster that another resource of the program describes, or this one anew, is not taken apart.
    if (kind === "Cluster" && known?.effect === "ends" && this.#isDescribed(change))
      return { effect: "leaves", words: "leaves the cluster running, which the program describes still" };
    return known;
  }

  #isDescribed({ urn, old, operation }: PlannedChange): boolean {
    if (operation === "replace") return true;
    const name = old?.text("name");
    return this.changes.some(
      (one) =>
        one.kind === "Cluster" && one.urn !== urn && one.operation !== "delete" && one.next?.text("name") === name,
    );
  }
}

const forgotten = (option: string): Deletion => ({
  effect: "leaves",
  words: `is only forgotten (\`${option}\`), and stays as it is`,
});

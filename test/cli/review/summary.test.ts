import assert from "node:assert/strict";
import type { PlannedOperation, PlannedChange, Preview } from "../../../cli/review/planned-changes";
import { ResourceState } from "../../../cli/review/resource-state";
import { changesAnything, summaryOf } from "../../../cli/review/summary";

const change = (kind: string, name: string, operation: PlannedOperation, ...lines: string[]): PlannedChange => ({
  ...{ urn: `${kind}/${name}`, kind, name, operation, lines },
});
type Printed = NonNullable<Parameters<typeof ResourceState.of>[0]>;
/** With what the state has of it, and what the program describes. */
const holding = (one: PlannedChange, old: Printed, next?: Printed): PlannedChange => ({
  ...{ ...one, old: ResourceState.of(old), next: ResourceState.of(next) },
});
const outputs = { name: "Matrix" };
const preview = (...changes: PlannedChange[]): Preview => ({
  ...{ changes, warnings: [], errors: [], withLines: true, complete: true },
});
const headings = (text: string) => [...text.matchAll(/^### (.*)$/gm)].map(([, title]) => title);

describe("a preview for a reviewer", () => {
  it("names first what destroys, replaces, wipes, reboots and reloads", () => {
    const text = summaryOf(
      preview(
        change("Vm", "new", "create"),
        change("Vm", "tagged", "update", "live: tags"),
        change("Pool", "old", "delete"),
        holding(change("Cluster", "Matrix", "delete"), { outputs }),
        holding(change("Cluster", "Lab", "delete"), { outputs: { name: "Lab", destroyOnDelete: "Lab" } }),
        holding(change("CephFs", "shared", "delete"), { outputs: { name: "shared" } }),
        change("Bridge", "vmbr1", "update", "reload: mtu"),
        change("Vm", "bigger", "update", "reboot: cores; live: tags"),
        change("CephOsd", "golf-1", "create", "wipes nvme1n1, Samsung 990, 4 TB"),
        change(
          "ClusterQdevice",
          "witness",
          "create",
          "changes quorum votes: Matrix gets 1 of 3 from QNetd at 10.0.0.9",
        ),
        holding(change("Vm", "other", "replace", "replace: source"), { outputs }),
        holding(change("Vm", "gone", "delete"), { outputs }),
        holding(change("Vm", "kept", "delete"), { outputs, retainOnDelete: true }),
        change("Vm", "same", "same"),
      ),
      { stack: "matrix" },
    );
    assert.deepEqual(headings(text), [
      "Takes a cluster apart (1)",
      "Destroys data (1)",
      "Replaces (1)",
      "Wipes (1)",
      "Reboots (1)",
      "Reloads the network of a node (1)",
      "Changes quorum votes (1)",
      "Removes (1)",
      "Is refused: the `up` ends with an error there (1)",
      "Is no longer looked after, and stays (2)",
      "Changes (1)",
      "Creates (1)",
    ]);
    assert.match(
      text,
      /^## Preview of `matrix`\n\n\*\*4 to delete, 1 to replace, 3 to change, 3 to create, 2 to let go of\.\*\*/,
    );
    assert.match(text, /- `Vm gone`: stops the VM, takes it out of HA and its rules, and deletes it with its disks/);
    assert.match(
      text,
      /- `Vm other`: `replace: source`; the old one: stops the VM, takes it out of HA and its rules, and deletes it with its disks\n/,
    );
    assert.match(
      text,
      /- `Cluster Lab`: takes the cluster apart \(`destroyOnDelete`\): each member becomes a Proxmox of its own/,
    );
    assert.match(text, /- `Cluster Matrix`: leaves the cluster running\n/);
    assert.match(text, /- `Vm kept`: is only forgotten \(`retainOnDelete`\), and stays as it is\n/);
    assert.match(text, /\n1 unchanged\.\n$/);
  });

  it("takes a deletion of a kind that it does not know for one that removes", () => {
    assert.deepEqual(headings(summaryOf(preview(change("Bucket", "x", "delete")))), ["Removes (1)"]);
  });

  it("says that what its own engine option keeps stays, whatever its kind and its arguments", () => {
    const apart = { name: "Lab", destroyOnDelete: "Lab" };
    const gone = change("Pool", "team", "delete");
    for (const one of [
      holding(change("Cluster", "Lab", "delete"), { outputs: apart, retainOnDelete: true }),
      holding(change("Bucket", "x", "delete"), { retainOnDelete: true }),
      holding(change("Vm", "x", "delete"), { outputs, deletedWith: gone.urn }),
    ])
      assert.deepEqual(headings(summaryOf(preview(gone, one))), [
        "Removes (1)",
        "Is no longer looked after, and stays (1)",
      ]);
    // What it would be deleted with stays.
    const alone = holding(change("Vm", "x", "delete"), { outputs, deletedWith: gone.urn });
    assert.deepEqual(headings(summaryOf(preview(alone))), ["Destroys data (1)"]);
    const replaced = holding(change("Vm", "x", "replace", "replace: source"), { outputs, retainOnDelete: true });
    assert.match(
      summaryOf(preview(replaced)),
      /- `Vm x`: `replace: source`; the old one: is only forgotten \(`retainOnDelete`\), and stays as it is\n/,
    );
  });

  it("takes no cluster for taken apart that the program describes still, under another name or anew", () => {
    const apart = { outputs: { name: "Lab", destroyOnDelete: "Lab" } };
    const gone = holding(change("Cluster", "old", "delete"), apart);
    const heir = holding(change("Cluster", "new", "create"), {}, { inputs: { name: "Lab" } });
    const other = holding(change("Cluster", "new", "create"), {}, { inputs: { name: "Other" } });
    assert.deepEqual(headings(summaryOf(preview(gone, heir)))[0], "Is no longer looked after, and stays (1)");
    assert.deepEqual(headings(summaryOf(preview(gone, other)))[0], "Takes a cluster apart (1)");
    const anew = summaryOf(preview(holding(change("Cluster", "old", "replace"), apart)));
    assert.match(anew, /the old one: leaves the cluster running, which the program describes still\n/);
  });

  it("says of what is on a node that leaves the cluster that it stays on its machine", () => {
    const nodes = (...names: string[]) => names.map((name) => ({ name }));
    const cluster = holding(
      change("Cluster", "Matrix", "update", "leave: nodes"),
      { outputs: { ...outputs, nodes: nodes("echo", "golf") } },
      { inputs: { nodes: nodes("echo") } },
    );
    const bridge = (node: string) => holding(change("Bridge", `${node}-vmbr1`, "delete"), { outputs: { node } });
    const text = summaryOf(preview(cluster, bridge("golf"), bridge("echo")));
    assert.match(
      text,
      /- `Bridge golf-vmbr1`: stays on its machine as it is, for `golf` leaves the cluster `Matrix`\n/,
    );
    assert.match(text, /- `Bridge echo-vmbr1`: takes the bridge out of the node's network/);
    // Who stays is not known: nobody is taken for one that leaves.
    const untold = { ...cluster, next: ResourceState.of({ inputs: { nodes: "04da6b54" } }) };
    assert.doesNotMatch(summaryOf(preview(untold, bridge("golf"))), /leaves the cluster/);
  });

  it("does not pass for whole when it is not, nor for harmless when nobody knows", () => {
    const cut = summaryOf({ ...preview(change("Vm", "a", "update")), complete: false, withLines: false });
    assert.match(cut, /did not come to its end/);
    assert.match(cut, /What each change does to its object is not known/);
  });

  it("says of drift what was changed by hand", () => {
    const drift = preview(change("Vm", "web", "update", "live: tags"), change("Vm", "db", "delete"));
    assert.deepEqual(headings(summaryOf(drift, { drift: true })), ["Gone from the cluster (1)", "Changed by hand (1)"]);
    assert.ok(changesAnything(drift));
    const none = preview(change("Vm", "web", "same"));
    assert.match(summaryOf(none, { drift: true }), /No changes\./);
    assert.ok(!changesAnything(none));
  });
});

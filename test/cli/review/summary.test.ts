import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { deletions } from "../../../cli/review/deletions";
import type { PlannedOperation, PlannedChange, Preview } from "../../../cli/review/planned-changes";
import { changesAnything, summaryOf } from "../../../cli/review/summary";
import { projectRoot } from "../../../cli/project";

const change = (kind: string, name: string, operation: PlannedOperation, ...lines: string[]): PlannedChange => ({
  ...{ urn: `${kind}/${name}`, kind, name, operation, lines },
});
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
        change("Cluster", "Matrix", "delete"),
        change("Bridge", "vmbr1", "update", "reload: mtu"),
        change("Vm", "bigger", "update", "reboot: cores; live: tags"),
        change("CephOsd", "golf-1", "create", "wipes nvme1n1, Samsung 990, 4 TB"),
        change(
          "ClusterQdevice",
          "witness",
          "create",
          "changes quorum votes: Matrix gets 1 of 3 from QNetd at 10.0.0.9",
        ),
        change("Vm", "other", "replace", "replace: source"),
        change("Vm", "gone", "delete"),
        change("Vm", "same", "same"),
      ),
      { stack: "matrix" },
    );
    assert.deepEqual(headings(text), [
      "Destroys data (1)",
      "Replaces (1)",
      "Wipes (1)",
      "Reboots (1)",
      "Reloads the network of a node (1)",
      "Changes quorum votes (1)",
      "Removes (1)",
      "Is no longer looked after, and stays (1)",
      "Changes (1)",
      "Creates (1)",
    ]);
    assert.match(text, /^## Preview of `matrix`\n\n\*\*3 to delete, 1 to replace, 3 to change, 3 to create\.\*\*/);
    assert.match(text, /- `Vm gone`: stops the VM, and deletes it with its disks/);
    assert.match(text, /\n1 unchanged\.\n$/);
  });

  it("takes a deletion of a kind that it does not know for one that removes", () => {
    assert.deepEqual(headings(summaryOf(preview(change("Bucket", "x", "delete")))), ["Removes (1)"]);
  });

  it("says of every kind of this library what its deletion does", () => {
    const registry = fs.readFileSync(path.join(projectRoot, "providers", "index.ts"), "utf8");
    const kinds = [...registry.matchAll(/^ {2}([A-Z]\w+): \(/gm)].map(([, kind]) => kind);
    assert.ok(kinds.length > 30);
    assert.deepEqual(Object.keys(deletions).sort(), kinds.sort());
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

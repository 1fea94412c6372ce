import assert from "node:assert/strict";
import fc from "fast-check";
import { isAddress } from "../../../pve/format/address";
import {
  blockIn,
  contradictions,
  unwritable,
  withBlock,
  withoutBlock,
  withoutNames,
  type HostsEntry,
} from "../../../providers/host/files/hosts-file";

const owner = { name: "cluster", mark: "0123456789abcdef01234567" };
const entries: HostsEntry[] = [
  { address: "10.11.0.11", names: ["pve1.lab.test", "pve1"] },
  { address: "fd00::11", names: ["pve1"] },
];
const installed = "127.0.0.1 localhost.localdomain localhost\n10.11.0.11 pve1.lab.test pve1\n";

describe("a block in /etc/hosts", () => {
  it("stands at the end between its marks, is replaced in its place, and goes without a trace", () => {
    const text = withBlock(installed, owner, entries);
    assert.equal(
      text,
      `${installed}# BEGIN pulumi-proxmox-cluster cluster 0123456789abcdef01234567\n` +
        "10.11.0.11 pve1.lab.test pve1\nfd00::11 pve1\n# END pulumi-proxmox-cluster cluster\n",
    );
    const below = `${text}# ours\n`;
    const changed = withBlock(below, owner, entries.slice(1));
    assert.equal(changed, below.replace("10.11.0.11 pve1.lab.test pve1\nfd00", "fd00"));
    assert.equal(withoutBlock(changed, "cluster"), `${installed}# ours\n`);
    const found = blockIn(text, "cluster");
    assert.ok(found && found !== "broken");
    assert.deepEqual(found.entries, entries);
    assert.equal(found.mark, owner.mark);
    assert.equal(blockIn(text, "other"), undefined);
  });

  it("begins on a line of its own", () => {
    assert.match(withBlock("127.0.0.1 localhost", owner, entries), /^127\.0\.0\.1 localhost\n# BEGIN /);
    assert.match(withBlock("", owner, entries), /^# BEGIN /);
  });

  it("is nobody's when its marks do not belong together", () => {
    const text = withBlock(installed, owner, entries);
    const end = "# END pulumi-proxmox-cluster cluster\n";
    for (const broken of [text.replace(end, ""), text.replace(/# BEGIN .*\n/, ""), text + end, text + text, end + text])
      assert.equal(blockIn(broken, "cluster"), "broken", broken);
    assert.throws(() => withoutBlock(text.replace(end, ""), "cluster"), /do not belong together/);
    const other = withBlock(installed, { ...owner, name: "other" }, entries);
    assert.equal(blockIn(text.replace(end, other.slice(installed.length) + end), "cluster"), "broken");
  });

  it("is contradicted by lines with another address of the same family for one of its names", () => {
    const text =
      "127.0.0.1 localhost\n127.0.1.1 PVE1.lab.test pve1 # by debian\n10.11.0.11 pve1\n10.0.0.9 gw pve1\nfd00:0::11 pve1\n";
    const found = contradictions(text, "cluster", entries);
    assert.deepEqual(found, [
      { line: 2, address: "127.0.1.1", names: ["PVE1.lab.test", "pve1"], own: true },
      { line: 4, address: "10.0.0.9", names: ["pve1"], own: false },
    ]);
    assert.equal(withoutNames(text, found), "127.0.0.1 localhost\n10.11.0.11 pve1\n10.0.0.9 gw\nfd00:0::11 pve1\n");
    assert.deepEqual(contradictions(withBlock(installed, owner, entries), "cluster", entries), []);
  });

  it("cannot be written beside lines that Proxmox's API refuses", () => {
    assert.deepEqual(unwritable(withBlock(installed, owner, entries), isAddress), []);
    const text = "127.0.0.1 a \n1.2.3.4 b # c\n 1.2.3.4 d\n# ü\nnone e\n1.2.3.4 f_g\n\t\n";
    assert.deepEqual(unwritable(text, isAddress), [
      { line: 2, why: "has a comment behind its names" },
      { line: 3, why: "begins with a space" },
      { line: 4, why: "has characters that are not ASCII" },
      { line: 5, why: "has no address" },
      { line: 6, why: "has the name f_g" },
    ]);
  });

  it("leaves every other line as it is, whatever the file", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "127.0.0.1 localhost",
        "127.0.1.1 pve1",
        "10.11.0.11\tpve1.lab.test  pve1",
        "",
        "  ",
        "# ours",
        "\r",
      ),
      fc.constantFrom("# BEGIN pulumi-proxmox-cluster other abc", "# END pulumi-proxmox-cluster other", "fe80::1%lo x"),
      fc.string({ maxLength: 20 }).filter((text) => !text.includes("\n")),
    );
    const file = fc.tuple(fc.array(piece, { maxLength: 12 }), fc.boolean());
    fc.assert(
      fc.property(file, fc.boolean(), ([lines, ended], again) => {
        const text = lines.join("\n") + (ended && lines.length > 0 ? "\n" : "");
        let written = withBlock(text, owner, entries);
        if (again) written = withBlock(withBlock(written, owner, entries.slice(1)), owner, entries);
        assert.equal(withBlock(written, owner, entries), written);
        // The one byte that it may add: the end of a last line that had none.
        const whole = text === "" || text.endsWith("\n") ? text : `${text}\n`;
        assert.equal(withoutBlock(written, owner.name), whole);
      }),
    );
  });
});

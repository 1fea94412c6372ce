import assert from "node:assert/strict";
import { z } from "zod";
import { effectOf } from "../../../providers/kernel/state/changes";
import { problemsOf, showProblem } from "../../../providers/kernel/state/problems";
import { suggestName } from "../../../providers/vm/name";
import { templateModel, templateSchema } from "../../../providers/vm/template.model";
import { diskTransition } from "../../../providers/vm/disks/transition";
import { sameGuestValue, vmModel, vmSchema, withName } from "../../../providers/vm/vm.model";
import { cloudImageModel, cloudImageSchema } from "../../../providers/image/cloud-image.model";

const source = { clone: { template: "debian" } };
const problems = (inputs: Record<string, unknown>) => problemsOf(vmSchema, inputs, vmModel.sensitive).map(showProblem);

describe("the model of a VM", () => {
  it("accepts a small and a full description", () => {
    assert.deepEqual(problems({ source }), []);
    assert.deepEqual(
      problems({
        name: "web-1",
        node: "foxtrot",
        source: { imageVolumeId: "local:import/x.qcow2" },
        cores: 2,
        memoryMiB: 2048,
        disks: [
          { storage: "local-lvm", sizeGiB: 20, discard: true },
          { slot: "virtio0", storage: "local-lvm", sizeGiB: 5 },
        ],
        networks: [{ bridge: "vmbr0", vlan: 30 }],
        cloudInit: { user: "admin", addresses: [{ address: "dhcp" }] },
        tags: ["a", "b"],
        started: true,
        timeouts: { create: "45m" },
      }),
      [],
    );
  });
  it("tells ten kinds of mistakes at once", () => {
    const found = problems({
      name: "My_VM",
      vmid: 5,
      source: { clone: { template: "x" }, imageVolumeId: "local:import/x.qcow2" },
      cores: 0,
      memoryMiB: 512,
      disks: [
        { storage: "a", sizeGiB: -1 },
        { slot: "scsi99", storage: "a" },
      ],
      networks: [{ bridge: "vmbr0", vlan: 5000, mac: "zz" }],
      cloudInit: { password: "", addresses: [{ address: "10.0.0.300/24" }] },
      tags: ["not ok"],
      timeouts: { create: "soon" },
      core: 2,
    });
    for (const text of [
      'name: a guest\'s name has letters, digits and hyphens, in parts of at most 63 joined by dots; write e.g. "my-vm" (got "My_VM")',
      "vmid: a VMID is 100 to 999999999 (got 5)",
      "source: has 2 kinds; write exactly one of clone, imageVolumeId, iso, empty",
      "cores: cores per socket: at least 1 (got 0)",
      "disks[0].sizeGiB: write a size in GiB, at least 1 (got -1)",
      'disks[1].slot: write a disk slot such as scsi0, virtio1, sata0 or ide1 (got "scsi99")',
      "networks[0].vlan: a VLAN tag is 1 to 4094 (got 5000)",
      "cloudInit.password: leave it out instead of writing an empty text",
      'timeouts.create: write a number with a unit, such as "90s", "15m" or "1h" (got "soon")',
      'core: there is no such property; did you mean "cores"?',
    ])
      assert.ok(found.includes(text), `missing: ${text}\nfound:\n${found.join("\n")}`);
    assert.ok(
      found.some((text) => text.startsWith("tags[0]:")) && found.some((text) => text.startsWith("networks[0].mac:")),
    );
  });
  it("checks fields against each other", () => {
    assert.match(
      problems({ source, balloonMiB: 4096, memoryMiB: 1024 })[0] ?? "",
      /balloonMiB: is more than memoryMiB \(1024\)/,
    );
    assert.match(
      problems({ source: { imageVolumeId: "a:import/b.qcow2" } })[0] ?? "",
      /disks: a VM from a cloud image needs its boot disk/,
    );
    assert.match(
      problems({ source, disks: [{ storage: "a" }, { slot: "scsi0", storage: "a" }] })[0] ?? "",
      /disks\[1\]\.slot: scsi0 is taken by disks\[0\]/,
    );
  });
  it("names the guest after the resource", () => {
    assert.deepEqual(withName({ cores: 1 }, "urn:pulumi:s::p::t::web-1"), { cores: 1, name: "web-1" });
    assert.deepEqual(withName({ name: "x" }, "urn:pulumi:s::p::t::web-1"), { name: "x" });
  });
  it("suggests valid names", () => {
    assert.equal(suggestName("My VM__1."), "my-vm-1");
    assert.equal(suggestName("___"), "vm");
  });
});

describe("effects", () => {
  const schemas = {
    vm: [vmSchema, vmModel],
    template: [templateSchema, templateModel],
    image: [cloudImageSchema, cloudImageModel],
  } as const;
  for (const [name, [schema, model]] of Object.entries(schemas))
    it(`are written down for every field of a ${name}`, () => {
      for (const path of leaves(schema)) assert.doesNotThrow(() => effectOf(path, model.effects), path);
    });
  it("treat the order and case of tags as no difference", () => {
    assert.ok(sameGuestValue("tags", ["B", "a"], ["a", "b"]));
    assert.ok(!sameGuestValue("tags", ["a"], ["a", "b"]));
  });
});

describe("existing disks", () => {
  it("never shrink", () => {
    const [problem] = diskTransition([{ storage: "a", sizeGiB: 5 }], [{ storage: "a", sizeGiB: 8 }]);
    assert.match(
      showProblem(problem as never),
      /disks\[0\]\.sizeGiB: disks only grow, and this one has 8 GiB; write at least 8/,
    );
  });
  it("are removed only when each has its slot", () => {
    assert.equal(diskTransition([{ storage: "a" }], [{ storage: "a" }, { storage: "b" }]).length, 1);
    assert.deepEqual(
      diskTransition(
        [{ slot: "scsi1", storage: "b" }],
        [
          { slot: "scsi0", storage: "a" },
          { slot: "scsi1", storage: "b" },
        ],
      ),
      [],
    );
  });
});

/** Property paths of every leaf of a schema. */
function leaves(schema: z.core.$ZodType, path = ""): string[] {
  const def = schema._zod.def as {
    type: string;
    innerType?: z.core.$ZodType;
    element?: z.core.$ZodType;
    shape?: Record<string, z.core.$ZodType>;
  };
  if (def.innerType) return leaves(def.innerType, path);
  if (def.element) return leaves(def.element, `${path}[]`);
  if (def.shape)
    return Object.entries(def.shape).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key));
  return [path];
}

import assert from "node:assert/strict";
import {
  configDigest,
  printConfig,
  shownSection,
  storedValue,
  writeConfig,
  type VmConfig,
} from "../../../simulator/qemu/config-file";

const file = (over: Partial<VmConfig> = {}): VmConfig => ({
  config: {},
  pending: {},
  pendingDelete: {},
  snapshots: {},
  ...over,
});

describe("the configuration file", () => {
  it("keeps booleans as 0 and 1, integers without leading zeros, texts without outer blanks", () => {
    assert.equal(storedValue("onboot", "yes"), "1");
    assert.equal(storedValue("numa", "off"), "0");
    assert.equal(storedValue("cores", "04"), "4");
    assert.equal(storedValue("name", " web "), "web");
    assert.throws(() => storedValue("name", "a\nb"), {
      message: "unable to parse value of 'name' - property contains a line feed\n",
    });
  });

  it("reads an empty text as a blank, and drops it where the format does not allow that", () => {
    assert.equal(storedValue("tags", ""), " ");
    assert.equal(storedValue("cpu", ""), undefined);
  });

  it("trims descriptions at their end only; line feeds alone leave no trace", () => {
    assert.equal(storedValue("description", "  a\nb \n\n"), "  a\nb");
    assert.equal(storedValue("description", "\n\n"), undefined);
    assert.equal(storedValue("description", "0"), "");
  });

  it("shows integers and booleans as numbers", () => {
    assert.deepEqual(shownSection({ cores: "2", onboot: "1", memory: "512", name: "7" }), {
      ...{ cores: 2, onboot: 1, memory: "512", name: "7" },
    });
  });

  it("drops unusedN entries whose volume is attached again, and cloud-init's notes without its drive", () => {
    const vm = file({
      config: { unused0: "local:1/a.raw", unused1: "local:1/b.raw", scsi0: "local:1/a.raw,size=1G", description: "" },
      cloudinit: { name: "old" },
    });
    writeConfig(vm);
    assert.deepEqual(vm.config, { unused1: "local:1/b.raw", scsi0: "local:1/a.raw,size=1G" });
    assert.equal(vm.cloudinit, undefined);
  });

  it("prints options by name, the description as comments, then the other sections", () => {
    const vm = file({
      config: { name: "web", cores: "2", description: "50%: ü\nsecond" },
      pending: { memory: "1024" },
      pendingDelete: { net0: { force: false }, scsi1: { force: true } },
      cloudinit: { added: "ciuser" },
      snapshots: { s1: { config: { cores: "1" }, snaptime: 7, description: "d", parent: "s0" } },
    });
    assert.equal(
      printConfig(vm),
      [
        ...["#50%25%3A %C3%BC", "#second", "cores: 2", "name: web", ""],
        ...["[PENDING]", "delete: !scsi1,net0", "memory: 1024", ""],
        ...["[special:cloudinit]", "added: ciuser", ""],
        ...["[s1]", "#d", "cores: 1", "parent: s0", "snaptime: 7", ""],
      ].join("\n"),
    );
  });

  it("has a digest that changes with it", () => {
    const vm = file({ config: { cores: "2" } });
    assert.equal(configDigest(vm), "53c98c066cdc5ebe7a5b770edca1a3a6ad673583");
    const before = configDigest(vm);
    vm.pending.cores = "3";
    assert.notEqual(configDigest(vm), before);
  });
});

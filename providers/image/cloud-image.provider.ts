import { wire } from "../../pve";
import { define } from "../define";
import type { Call } from "../runtime/call";
import type { Pve } from "../pve-session";
import type { Session } from "../session";
import { checkNode, checkStorage } from "../vm/inspect";
import { parseChecksum, type Checksum } from "./checksum";
import { cloudImageModel, fileNameFor, type CloudImageInputs } from "./cloud-image.model";

interface CloudImageOutputs {
  readonly volumeId: string;
  readonly sizeBytes: number;
  readonly node: string;
  readonly storage: string;
  /**
   * Whether this very resource downloaded the file; only then does deletion remove it. A file that was there, or that
   * another run was downloading, may be another stack's: it stays.
   */
  readonly __downloaded: boolean;
}

interface Place {
  readonly node: string;
  readonly storage: string;
  readonly volumeId: string;
}

/** The file among the storage's images to import. */
async function find(pve: Pve, { node, storage, volumeId }: Place): Promise<wire.WireObject | undefined> {
  const rows = await pve.api.nodes.$(node).storage.$(storage).content.$get({ content: "import" });
  return rows.find(({ volid }) => volid === volumeId);
}

export const cloudImageProvider = (session: Session) =>
  define<CloudImageInputs, CloudImageOutputs>(
    {
      kind: "CloudImage",
      model: cloudImageModel,
      outputs: ["volumeId", "sizeBytes", "node", "storage", "__downloaded"],
      timeouts: { create: "60m", update: "5m", delete: "5m", read: "2m" },
      async inspect(call, inputs) {
        const pve = await session.look(call);
        if (!pve) return [];
        const view = await pve.picture();
        return [
          ...checkNode(view, inputs.node, "node"),
          ...checkStorage(view, inputs.storage, inputs.node, "import", "storage"),
        ];
      },
      async observe(call, at, wanted) {
        const pve = await session.pve(call);
        const file = await find(pve, at);
        if (!file) return undefined;
        return {
          inputs: { ...wanted, node: at.node, storage: at.storage },
          outputs: { ...at, sizeBytes: wire.number(file["size"]) ?? 0 },
        };
      },
      async ensure(call, inputs, made) {
        const pve = await session.pve(call);
        const { node, storage } = inputs;
        const fileName = fileNameFor(inputs);
        const at = { node, storage, volumeId: `${storage}:import/${fileName}`, sizeBytes: 0 };
        // One download per node at a time: they share its line and its disk.
        return pve.limits([`download:${node}`], call, async () => {
          await waitForDownloads(pve, call, node, fileName);
          const present = await find(pve, at);
          if (!present) await call.safePoint();
          await download(pve, call, inputs, fileName, present !== undefined);
          const done: CloudImageOutputs = { ...at, __downloaded: present === undefined };
          made(at.volumeId, done);
          call.report.result(present ? `${at.volumeId} was there already` : at.volumeId);
          return { id: at.volumeId, at: done };
        });
      },
      async remove(call, at) {
        if (!at.__downloaded) return;
        const pve = await session.pve(call);
        if (!(await find(pve, at))) return;
        await pve.task(call, `removing ${at.volumeId}`, () =>
          pve.api.nodes.$(at.node).storage.$(at.storage).content.$(at.volumeId).$delete(),
        );
      },
    },
    session,
  );

/** Waits for downloads of this file that are running; how they ended is seen by what is there afterwards. */
async function waitForDownloads(pve: Pve, call: Call, node: string, fileName: string): Promise<void> {
  const tasks = await pve.api.nodes.$(node).tasks.$get({ source: "active", typefilter: "download" });
  for (const { upid } of tasks.filter(({ id, status }) => id === fileName && status === "RUNNING")) {
    call.report.progress(`waiting for a download of ${fileName} that is under way`);
    try {
      await pve.wait(call, wire.string(upid) ?? "", `the download of ${fileName}`);
    } catch (error) {
      if (!pve.isTaskFailure(error)) throw error;
    }
  }
}

/** With the file already there Proxmox only compares its checksum; a file that differs is an error and stays. */
async function download(
  pve: Pve,
  call: Call,
  inputs: CloudImageInputs,
  fileName: string,
  present: boolean,
): Promise<void> {
  const { algorithm, digest } = parseChecksum(inputs.checksum) as Checksum;
  const target = pve.api.nodes.$(inputs.node).storage.$(inputs.storage);
  await pve.task(call, `${present ? "verifying" : "downloading"} ${fileName}`, () =>
    target["download-url"].$post({
      url: inputs.url,
      content: "import",
      filename: fileName,
      checksum: digest,
      "checksum-algorithm": algorithm,
      ...(inputs.verifyCertificates === undefined ? {} : { "verify-certificates": inputs.verifyCertificates }),
    }),
  );
}

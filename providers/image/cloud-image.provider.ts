import { fileNameOf, wire } from "../../pve";
import { define } from "../kernel/define";
import type { Call } from "../kernel/call/call";
import type { Problem } from "../kernel/state/problems";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import { sshProblem } from "../checks/ssh-needed";
import { checkNode } from "../checks/nodes";
import { checkStorage } from "../checks/storages";
import {
  cloudImageModel,
  contentOf,
  volumeIdFor,
  type CloudImageInputs,
  type ResolvedImage,
} from "./cloud-image.model";
import { ownDownload, provideImage, UntoldDownload } from "./download";
import { unpacking } from "./unpack";
import { findImage, isShared, type ImagePlace } from "./find";
import { Publishers } from "./publisher";
import { resolveChecksum } from "./resolve";
import { checkSpace } from "./space";
import { makes } from "../checks/made-here";
import { lookupVolume } from "../storage/lookup-volume";

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
  /**
   * Set when nobody answered the request to download: the node's task list tells later whether it was carried out, and
   * whether the file is ours. The time on the node's clock after which it was sent.
   */
  readonly __asked?: number | undefined;
}

export const cloudImageProvider = (session: Session) => {
  const publishers = new Publishers();
  /**
   * Files that a creation of this process found there. One that was renamed, or replaced for another reason than its
   * content, has an older self which would take the file away at the end of the run.
   */
  const reliedOn = new Set<string>();
  return define<CloudImageInputs, CloudImageOutputs>(
    {
      kind: "CloudImage",
      model: cloudImageModel,
      outputs: ["volumeId", "sizeBytes", "node", "storage", "__downloaded", "__asked"],
      timeouts: { create: "60m", update: "5m", delete: "5m", read: "2m" },
      resolve: (...about) => resolveChecksum(publishers, ...about),
      async inspect(call, inputs, was) {
        const pve = await session.look(call);
        return pve ? inspectImage(pve, call, inputs as Partial<ResolvedImage>, was) : [];
      },
      /** On a storage that all nodes share, another node is only another way to the same file. */
      async refine(call, changes, at) {
        if (!changes.some(({ path }) => path === "node")) return changes;
        const pve = await session.pve(call);
        const rows = (await pve.snapshot.storages()).filter(({ storage, shared }) => storage === at.storage && shared);
        return changes.map((change) =>
          change.path === "node" && rows.some(({ node }) => node === change.to)
            ? { ...change, effect: "live" as const }
            : change,
        );
      },
      async lookup(call, id) {
        return { id, outputs: await lookupVolume(await session.pve(call), id) };
      },
      async observe(call, at, wanted) {
        const pve = await session.pve(call);
        const file = await findImage(pve, at);
        if (!file && (await asked(pve, at))?.state !== "running") return undefined;
        return {
          inputs: { ...wanted, node: at.node, storage: at.storage },
          outputs: { ...at, sizeBytes: wire.number(file?.["size"]) ?? 0 },
        };
      },
      async ensure(call, inputs, made) {
        const pve = await session.pve(call);
        const image = inputs as ResolvedImage;
        const volumeId = volumeIdFor(image);
        const { node, storage } = image;
        const outputs = (downloaded: boolean, asked?: number): CloudImageOutputs => ({
          ...{ volumeId, sizeBytes: 0, node, storage, __downloaded: downloaded },
          ...(asked === undefined ? {} : { __asked: asked }),
        });
        let downloaded: boolean;
        try {
          downloaded = await provideImage(pve, call, image);
        } catch (error) {
          if (!(error instanceof UntoldDownload)) throw error;
          made(volumeId, outputs(false, error.after));
          throw error.cause;
        }
        if (!downloaded) reliedOn.add(await fileKey(pve, { node, storage, volumeId }));
        const at = outputs(downloaded);
        made(volumeId, at);
        call.report.result(downloaded ? volumeId : `${volumeId} was there already`);
        return { id: volumeId, at };
      },
      async sync(call, at, inputs) {
        return { ...(await settled(await session.pve(call), call, at)), node: inputs.node };
      },
      async remove(call, from) {
        const pve = await session.pve(call);
        const at = await settled(pve, call, from);
        if (!at.__downloaded) return;
        if (reliedOn.has(await fileKey(pve, at))) {
          call.report.result(`${at.volumeId} stays: another resource of this run has it`);
          return;
        }
        await pve.task(call, `removing ${at.volumeId}`, async () => {
          const file = await findImage(pve, at);
          if (!file) return null;
          const size = wire.number(file["size"]) ?? 0;
          if (at.sizeBytes === 0 || size === at.sizeBytes)
            return pve.api.nodes.$(at.node).storage.$(at.storage).content.$(at.volumeId).$delete();
          call.report.warn(
            `${at.volumeId} stays: it has ${size} bytes instead of ${at.sizeBytes}, so it is another file`,
          );
          return null;
        });
      },
    },
    session,
  );
};

/** The download of ours that nobody answered, as the node's task list has it. */
const asked = async (pve: Pve, { __asked, node, volumeId }: CloudImageOutputs) =>
  __asked === undefined ? undefined : ownDownload(pve, node, fileNameOf(volumeId), __asked);

/** When nobody answered the request to download: waits for what came of it, and tells whether the file is ours. */
async function settled(pve: Pve, call: Call, at: CloudImageOutputs): Promise<CloudImageOutputs> {
  if (at.__asked === undefined) return at;
  const own = await asked(pve, at);
  if (own?.state === "running") await pve.wait(call, own.upid, `downloading ${at.volumeId}`);
  return { ...at, __asked: undefined, __downloaded: own !== undefined && own.state !== "failed" };
}

/** One key for one file, whatever node it is seen from. */
async function fileKey(pve: Pve, { node, storage, volumeId }: ImagePlace): Promise<string> {
  return (await isShared(pve, storage)) ? volumeId : `${node} ${volumeId}`;
}

async function inspectImage(
  pve: Pve,
  call: Call,
  inputs: Partial<ResolvedImage>,
  was: Partial<CloudImageInputs> | undefined,
): Promise<Problem[]> {
  const view = await pve.picture();
  const { node, storage, url, checksum, compression } = inputs;
  const content = contentOf({ compression });
  // Others may name the file before it is there.
  if (url !== undefined && storage !== undefined && node !== undefined)
    makes(pve, "volume", volumeIdFor({ ...inputs, url, storage, node }));
  const problems = [
    ...checkNode(view, node, "node", was?.node),
    ...checkStorage(view, storage, node, content, "storage"),
    ...view.storages
      .filter((row) => row.storage === storage && row.type === "esxi")
      .slice(0, 1)
      .map(() => ({ path: "storage", message: `${storage} (esxi) cannot be written to; write a file-based storage` })),
  ];
  const isNew = was === undefined || was.checksum !== checksum || was.storage !== storage || was.node !== node;
  if (!isNew || url === undefined || node === undefined || storage === undefined) return problems;
  if (compression === "xz") problems.push(...sshProblem(pve, "compression", unpacking));
  else if (compression !== undefined && pve.process.connection.identity !== "root@pam")
    call.report.warn(
      `Proxmox unpacks into content iso, and lets only root@pam, logged in by password, import from there; ` +
        `for ${pve.process.connection.identity}, name an image that is not packed`,
    );
  if (problems.length > 0 || (checksum === undefined && was !== undefined)) return problems;
  return checkSpace(pve, call, { ...inputs, url, node, storage });
}

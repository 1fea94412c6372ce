import { wire } from "../../pve";
import { define } from "../define";
import type { Call } from "../runtime/call";
import type { Problem } from "../runtime/problems";
import type { Pve } from "../pve-session";
import type { Session } from "../session";
import { sshProblem } from "../snippet/directory";
import { checkNode, checkStorage } from "../vm/inspect";
import {
  cloudImageModel,
  contentOf,
  volumeIdFor,
  type CloudImageInputs,
  type ResolvedImage,
} from "./cloud-image.model";
import { provideImage } from "./download";
import { unpacking } from "./unpack";
import { findImage, isShared, type ImagePlace } from "./find";
import { Publishers } from "./publisher";
import { resolveChecksum } from "./resolve";
import { checkSpace } from "./space";

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
      outputs: ["volumeId", "sizeBytes", "node", "storage", "__downloaded"],
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
      async observe(call, at, wanted) {
        const pve = await session.pve(call);
        const file = await findImage(pve, at);
        if (!file) return undefined;
        return {
          inputs: { ...wanted, node: at.node, storage: at.storage },
          outputs: { ...at, sizeBytes: wire.number(file["size"]) ?? 0 },
        };
      },
      async ensure(call, inputs, made) {
        const pve = await session.pve(call);
        const image = inputs as ResolvedImage;
        const volumeId = volumeIdFor(image);
        const { node, storage } = image;
        const downloaded = await provideImage(pve, call, image);
        if (!downloaded) reliedOn.add(await fileKey(pve, { node, storage, volumeId }));
        const at: CloudImageOutputs = { volumeId, sizeBytes: 0, node, storage, __downloaded: downloaded };
        made(volumeId, at);
        call.report.result(downloaded ? volumeId : `${volumeId} was there already`);
        return { id: volumeId, at };
      },
      sync: async (_call, at, inputs) => ({ ...at, node: inputs.node }),
      async remove(call, at) {
        if (!at.__downloaded) return;
        const pve = await session.pve(call);
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

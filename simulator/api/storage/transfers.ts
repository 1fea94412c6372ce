import type { Call, Routes } from "../../call.js";
import { die, paramError } from "../../errors.js";
import {
  downloadTarget,
  runDownload,
  runUpload,
  sshOptions,
  uploadTarget,
  type Checksum,
  type UploadedFile,
} from "../../storage/transfer.js";
import { targetNode, UnreachableNode } from "../../proxy.js";
import type { ContentType } from "../../storage/types.js";
import { urlMetadata } from "../../storage/wget.js";
import type { NodeState } from "../../world/world.js";

/** Files that come from the client or from the web. */
export const transferRoutes: Routes = {
  "POST /nodes/{node}/storage/{storage}/upload": (call) => {
    const { upload } = call;
    const content = call.text("content") as ContentType;
    if (!upload) throw paramError({ filename: "property is missing and it is not optional" });
    const target = uploadTarget(call.world, uploadName(call), call.text("storage"), content, upload.filename);
    const node = uploadNode(call);
    const file: UploadedFile = {
      ...(node === call.node ? {} : { remote: node }),
      bytes: upload.content,
      temporary: call.text("tmpfilename"),
      checksum: checksumOf(call),
      now: call.clock.seconds(),
    };
    return call.task("imgcopy", "", function* (task) {
      yield 200;
      runUpload(call.world, node.name, target, file, (line) => task.log(line));
    });
  },

  "POST /nodes/{node}/storage/{storage}/download-url": (call) => {
    const content = call.text("content") as ContentType;
    const { world, node, clock } = call;
    const target = downloadTarget(world, node.name, call.text("storage"), content, call.text("filename"));
    const options = {
      url: call.text("url"),
      verify: call.flag("verify-certificates", true),
      compression: call.params["compression"],
      checksum: checksumOf(call),
    };
    return call.task("download", target.filename, function* (task) {
      yield 300;
      const { pid } = task.task;
      runDownload(world, node.name, target, { ...options, pid, now: clock.seconds() }, (line) => task.log(line));
    });
  },

  "POST /nodes/{node}/storage/{storage}/oci-registry-pull": () => {
    throw die("Install 'skopeo' to pull OCI images from registries.");
  },

  "GET /nodes/{node}/query-url-metadata": (call) =>
    urlMetadata(call.world.web, call.text("url"), call.flag("verify-certificates", true)),

  "GET /nodes/{node}/query-oci-repo-tags": () => {
    throw die("Install 'skopeo' to list tags from OCI registries.");
  },
};

function checksumOf(call: Call): Checksum | undefined {
  const algorithm = call.params["checksum-algorithm"];
  const expected = call.params["checksum"];
  return algorithm && expected ? { algorithm, expected } : undefined;
}

function uploadName(call: Call): string {
  const name = call.text("node");
  return name === "localhost" ? call.node.name : name;
}

/** An upload is not proxied: the asked node runs the task, and copies the file to the other one over SSH. */
function uploadNode(call: Call): NodeState {
  const [name, storage] = [uploadName(call), call.text("storage")];
  try {
    return targetNode(call.simulation, call.node, "node", { node: name });
  } catch (error) {
    if (!(error instanceof UnreachableNode)) throw error;
    const node = call.world.nodes[name];
    if (node?.state === "stopped") return node;
    const address = node?.address ?? "";
    const command = `/usr/bin/ssh ${sshOptions(name)} ${address} -- /usr/sbin/pvesm status --storage ${storage}`;
    const why = `command '${command}' failed: exit code 255`;
    throw die(`can't activate storage '${storage}' on node '${name}': ${why}\n`);
  }
}

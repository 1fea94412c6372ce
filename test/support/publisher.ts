import { createHash } from "node:crypto";
import { startWebMirror, type WebMirror, type World } from "../../simulator";

type WebFile = World["web"][string];

/** A publisher of images on loopback: the simulated nodes download from it, and its lists are read over HTTP. */
export class Publisher {
  private constructor(
    private readonly world: World,
    private readonly mirror: WebMirror,
  ) {}

  static async start(world: World, tls?: { readonly key: string; readonly cert: string }): Promise<Publisher> {
    return new Publisher(world, await startWebMirror(() => world.web, tls));
  }

  get origin(): string {
    return this.mirror.origin;
  }

  /** Paths that clients have asked for over HTTP. */
  get requests(): readonly string[] {
    return this.mirror.requests;
  }

  /** Offers a disk image, of which the text is all that there is; the digest of what is transferred. */
  image(path: string, text: string, more: Partial<WebFile> = {}): { url: string; digest: string } {
    const bytes = Buffer.from(text);
    const about = { format: "qcow2", virtualSize: 2 * 1024 ** 3, os: { agent: true } };
    this.world.web[this.origin + path] = { content: bytes.toString("base64"), ...about, ...more };
    return { url: this.origin + path, digest: createHash("sha256").update(bytes).digest("hex") };
  }

  /** Publishes a text, such as a list of checksums; its address. */
  text(path: string, text: string): string {
    this.world.web[this.origin + path] = { content: Buffer.from(text).toString("base64") };
    return this.origin + path;
  }

  close(): Promise<void> {
    return this.mirror.close();
  }
}

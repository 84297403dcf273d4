/* What the server knows of uploads: opening them, finding them again, joining, ending them. */

const GONE = 410;
const MISSING = new Set([404, GONE]);
const BUSY = [409, 423];

/** The uploads of one image, as the server keeps them. */
export class Server {
  constructor(line, image) {
    Object.assign(this, { line, image });
  }

  /** Open an upload of *length* bytes that begins at *start* of the file; return its address. */
  async open({ start, length, isPart, told }, asked) {
    const metadata = isPart ? { ...told, offset: start } : told;
    const headers = {
      "Tus-Resumable": "1.0.0",
      "Upload-Length": length,
      "Upload-Metadata": encoded({ image: this.image, ...metadata }),
      ...(isPart && { "Upload-Concat": "partial" }),
    };
    const answer = await this.line.ask("POST", this.line.facts.endpoint, { headers, ...asked });
    return here(answer.headers.get("Location"));
  }

  /** Make one image of *parts*: the server reads and hashes all of it before it answers. */
  async join(parts, { checksum, ...asked }) {
    const addresses = parts.map((part) => part.address).join(" ");
    const headers = {
      "Tus-Resumable": "1.0.0",
      "Upload-Concat": `final;${addresses}`,
      "Upload-Metadata": encoded({ image: this.image, checksum }),
    };
    await this.line.ask("POST", this.line.facts.endpoint, { headers, passing: BUSY, ...asked });
  }

  /** Return {address, length} of each part of an upload that was begun, in their order. */
  async parts(begun, asked) {
    const addresses = begun.parts ? begun.parts_urls : [begun.url];
    const found = [];
    for (const address of addresses.map(here)) {
      const headers = { "Tus-Resumable": "1.0.0" };
      const answer = await this.line.ask("HEAD", address, { headers, ...asked });
      const [length, offset] = ["Upload-Length", "Upload-Offset"].map((name) =>
        Number(answer.headers.get(name)),
      );
      found.push({ address, length, offset });
    }
    return found;
  }

  /** Return the unfinished upload of this image, if there is one. */
  async begun(asked) {
    const answer = await this.line.ask("GET", this.line.facts.uploads, asked);
    const { uploads } = await answer.json();
    return uploads.find((upload) => upload.image === this.image);
  }

  /** Return the image's status; "deleted" if it is gone. */
  async status(asked) {
    try {
      const answer = await this.line.ask("GET", this.line.facts.images + this.image, asked);
      return (await answer.json()).status;
    } catch (refusal) {
      if (MISSING.has(refusal.status)) return "deleted";
      throw refusal;
    }
  }

  /** Remove an upload with its bytes, if it is still there; tell whether it is gone. */
  async remove(address) {
    const headers = { "Tus-Resumable": "1.0.0" };
    const asked = this.line.ask("DELETE", address, { headers, passing: BUSY });
    return asked.then(() => true, (refusal) => refusal.status === GONE);
  }

  /** Remove the image's record if it holds no data; nobody looks for that in the trash. */
  async forget() {
    if ((await this.status().catch(quiet)) !== "queued") return;
    const { images, trash } = this.line.facts;
    for (const place of [images, trash]) {
      await this.line.ask("DELETE", place + this.image).catch(quiet);
    }
  }
}

/** Return *address* as one of this site, by whatever name the server knows itself. */
export function here(address) {
  return new URL(address, location.href).pathname;
}

function encoded(metadata) {
  const known = Object.entries(metadata).filter(([, value]) => value !== undefined && value !== "");
  return known.map(([name, value]) => `${name} ${base64(String(value))}`).join(",");
}

function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function quiet() {
  return null; // what cannot be removed now expires by itself
}

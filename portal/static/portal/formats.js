/* What a file is, by its first bytes. */

const HEAD = 0x8801 + 5; // an ISO's mark lies at 32 KiB and at 34 KiB
const FOOTER = 512;

const MAGIC = [
  ["qcow2", 0, "QFI\xfb"],
  ["vmdk", 0, "KDMV"],
  ["vmdk", 0, "# Disk Descriptor"],
  ["vhdx", 0, "vhdxfile"],
  ["vhd", 0, "conectix"],
  ["vdi", 0x40, "\x7f\x10\xda\xbe"],
  ["ploop", 0, "WithoutFreeSpace"],
  ["ploop", 0, "WithouFreSpacExt"],
  ["iso", 0x8001, "CD001"],
  ["iso", 0x8801, "CD001"],
];

const PACKED = [
  ["gzip", 0, "\x1f\x8b"],
  ["xz", 0, "\xfd7zXZ"],
  ["zstd", 0, "\x28\xb5\x2f\xfd"],
  ["bzip2", 0, "BZh"],
  ["zip", 0, "PK\x03\x04"],
];

/** Return {format, packed}: the disk format of *file*, or what it is packed with. */
export async function detect(file) {
  const head = await text(file.slice(0, HEAD));
  const packed = find(PACKED, head);
  if (packed) return { packed };
  const format = find(MAGIC, head);
  if (format) return { format };
  const end = await text(file.slice(Math.max(0, file.size - FOOTER)));
  return { format: end.startsWith("conectix") ? "vhd" : "raw" };
}

function find(marks, head) {
  const mark = marks.find(([, at, bytes]) => head.startsWith(bytes, at));
  return mark && mark[0];
}

async function text(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let letters = "";
  for (const byte of bytes) letters += String.fromCharCode(byte);
  return letters;
}

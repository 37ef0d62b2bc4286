// @ts-check
/** MD5 (RFC 1321): the digest by which XMP and IIM name their counterparts. Web Crypto has none; it protects nothing. */

const SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
const TABLE = Array.from({ length: 64 }, (_, index) => Math.floor(Math.abs(Math.sin(index + 1)) * 2 ** 32));

/** The digest in lower-case hexadecimal. @param {Uint8Array} data */
export function md5(data) {
  const padded = new Uint8Array((((data.length + 8) >> 6) + 1) << 6);
  padded.set(data);
  padded[data.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, (data.length << 3) >>> 0, true);
  view.setUint32(padded.length - 4, Math.floor(data.length / 0x20000000), true);
  const sum = new Uint32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]);
  for (let block = 0; block < padded.length; block += 64) {
    let [a, b, c, d] = sum;
    for (let step = 0; step < 64; step++) {
      const round = step >> 4;
      let mixed, word;
      if (round === 0) [mixed, word] = [(b & c) | (~b & d), step];
      else if (round === 1) [mixed, word] = [(d & b) | (~d & c), (5 * step + 1) & 15];
      else if (round === 2) [mixed, word] = [b ^ c ^ d, (3 * step + 5) & 15];
      else [mixed, word] = [c ^ (b | ~d), (7 * step) & 15];
      const turned = (a + mixed + TABLE[step] + view.getUint32(block + 4 * word, true)) >>> 0;
      const by = SHIFTS[4 * round + (step & 3)];
      [a, d, c, b] = [d, c, b, (b + ((turned << by) | (turned >>> (32 - by)))) >>> 0];
    }
    sum[0] += a;
    sum[1] += b;
    sum[2] += c;
    sum[3] += d;
  }
  const out = new DataView(new ArrayBuffer(16));
  sum.forEach((word, index) => out.setUint32(4 * index, word, true));
  return Array.from(new Uint8Array(out.buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

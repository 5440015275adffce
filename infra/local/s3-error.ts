/** An S3 error reply: its code as the SDKs know it, and the HTTP status that goes with it. */
export class S3Error extends Error {
  readonly code: string;
  readonly status: number;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'S3Error';
    this.status = status;
    this.code = code;
  }
}

export const noSuchUpload = () =>
  new S3Error(404, 'NoSuchUpload', 'The multipart upload does not exist: completed, aborted, or never begun.');
export const noSuchKey = () => new S3Error(404, 'NoSuchKey', 'The specified key does not exist.');
export const notImplemented = (what: string) =>
  new S3Error(501, 'NotImplemented', `The laptop's S3 does not do ${what}.`);

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** `element('Key', 'a<b')` is `<Key>a&lt;b</Key>`. */
export function element(name: string, text: string | number | boolean): string {
  return `<${name}>${escapeXml(String(text))}</${name}>`;
}

export function xmlDocument(root: string, ...inner: readonly string[]): string {
  const open = root === 'Error' ? '<Error>' : `<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${open}${inner.join('')}</${root}>`;
}

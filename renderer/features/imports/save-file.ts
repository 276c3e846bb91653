/** Hands bytes to the downloads of the browser; the desktop shell asks where to put them. Nothing leaves the machine. */
export function saveFile(name: string, mediaType: string, bytes: Uint8Array<ArrayBuffer>): void {
  const url = URL.createObjectURL(new Blob([bytes], { type: mediaType }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser takes the address when it begins the download, which is in a later turn.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Hands bytes to the browser's download; the address lives only as long as the click. */
export function save(content: string, type: string, name: string): void {
  const url = content.startsWith('data:') ? content : URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  if (!content.startsWith('data:')) URL.revokeObjectURL(url);
}

export function fileName(title: string, ending: string): string {
  return `${title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')}.${ending}`;
}

/** The sweep that keeps what a version planned and later ones do not. No name that a user gives has an "@". */
export function retiredName(sweep: string, version: number): string {
  return `${sweep}@${version}`;
}

export function isRetired(name: string): boolean {
  return name.includes('@');
}

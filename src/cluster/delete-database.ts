/** Settles when the database is gone. It waits for whoever still holds it, which no one may wait for in turn. */
export function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const deleting = indexedDB.deleteDatabase(name);
    deleting.onsuccess = () => resolve();
    deleting.onerror = () => reject(deleting.error ?? new Error(`${name} was not deleted.`));
  });
}

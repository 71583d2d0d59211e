/** The part that is used of a package without types. */
declare module "fs-native-extensions" {
	const locks: {
		/** Takes an exclusive lock on bytes of an open file; false when another open file has one there. */
		tryLock(fd: number, offset: number, length: number): boolean;
	};
	export default locks;
}

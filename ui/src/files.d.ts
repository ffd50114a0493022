/** Files that are no program, which Vite takes in. */
declare module '*.css';

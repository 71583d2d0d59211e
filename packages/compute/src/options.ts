export const modelOptions = 0;

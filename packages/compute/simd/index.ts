export { tanh } from "./activation";
export { add, divide, multiply, subtract } from "./broadcast";
export { depthwiseFilterGradient, depthwiseInputGradient } from "./depthwise";
export { packPanels, packReversed, transpose } from "./pack";
export { averagePoolGradient, maxPoolGradient } from "./pooling";
export { columnProduct, rowProduct } from "./product";
export { sumMiddle } from "./reduction";
export { windowOuterProduct, windowProduct } from "./window";

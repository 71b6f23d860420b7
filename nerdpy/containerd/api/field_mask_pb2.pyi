from google.protobuf.field_mask_pb2 import FieldMask as FieldMask

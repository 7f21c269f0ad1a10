"""Family-doctor contracts (家庭医生中医药签约): packages, signing, what was delivered, renewals."""
